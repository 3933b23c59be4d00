create table items;

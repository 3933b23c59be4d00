//! Deploying, from an empty account to a destroyed environment: real Terraform with its real provider, and the simulated
//! account.

mod account;
mod any_image;
mod before;
mod bundle;
mod day;
mod doctor;
mod first_failed;
mod interruption;
mod kill;
mod operate;
mod other_services;
mod planned_with;
mod records;
mod running;
mod scaled;
mod secrecy;
mod secrets;
mod signatures;
mod story;
mod unfinished;
mod verify;
mod workflows;

-- For the list by name: in the order of bytes, and with the letters of ASCII alone made small, as SQLite does it.
-- Writes wait while it is made: two seconds for a million items.
CREATE INDEX items_by_name ON items (lower(name COLLATE "C"), id);

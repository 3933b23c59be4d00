-- For the list by name. A column, because SQLite seeks no row of values in an index of expressions; it takes no room.
ALTER TABLE items ADD COLUMN folded TEXT GENERATED ALWAYS AS (lower(name)) VIRTUAL;

CREATE INDEX items_by_name ON items (folded, id);

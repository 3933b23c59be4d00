CREATE TABLE items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    description TEXT,
    -- Milliseconds since 1970, UTC.
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX items_newest_first ON items (created_at DESC, id DESC);

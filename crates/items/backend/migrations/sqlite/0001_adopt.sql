-- A database of the FastAPI application: same table, times as text in UTC.
INSERT INTO items (id, name, description, created_at)
SELECT id, name, description, CAST(round(coalesce(unixepoch(created_at, 'subsec'), 0) * 1000) AS INTEGER)
FROM items_before;

DROP TABLE items_before;

-- How many items there are, kept by whoever writes, a release before this one included: counting reads them all.
-- In 64 parts, of which each connection changes its own: on one row all writers would wait for each other.
CREATE TABLE item_counts (
    part integer PRIMARY KEY,
    total bigint NOT NULL
) WITH (fillfactor = 20);

-- Nobody writes while it is counted, and until the triggers are seen by all.
LOCK TABLE items IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO item_counts SELECT part, 0 FROM generate_series(0, 63) AS part;
UPDATE item_counts SET total = (SELECT count(*) FROM items) WHERE part = 0;

CREATE FUNCTION count_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        UPDATE item_counts SET total = 0;
    ELSE
        UPDATE item_counts
        SET total = total + CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END * (SELECT count(*) FROM changed)
        WHERE part = pg_backend_pid() % 64;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER items_counted_in AFTER INSERT ON items
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_items();
CREATE TRIGGER items_counted_out AFTER DELETE ON items
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_items();
CREATE TRIGGER items_counted_none AFTER TRUNCATE ON items
    FOR EACH STATEMENT EXECUTE FUNCTION count_items();

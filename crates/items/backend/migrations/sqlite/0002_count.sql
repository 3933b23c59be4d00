-- How many items there are, kept by whoever writes, a release before this one included: counting reads them all.
CREATE TABLE item_count (total INTEGER NOT NULL) STRICT;

INSERT INTO item_count SELECT count(*) FROM items;

CREATE TRIGGER items_counted_in AFTER INSERT ON items BEGIN
    UPDATE item_count SET total = total + 1;
END;

CREATE TRIGGER items_counted_out AFTER DELETE ON items BEGIN
    UPDATE item_count SET total = total - 1;
END;

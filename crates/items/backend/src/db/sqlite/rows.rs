//! All SQL over the table `items`.

use api::{Cursor, Item, NameCursor, NewItem};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::super::{DbError, Page, parts::Part};

const GET: &str = "SELECT id, name, description, created_at FROM items WHERE id = ?1";
/// A limit of -1 is none. In two parts, here and below: of `(created_at, id) < (…)` SQLite seeks the first column alone, and reads
/// all that are equal in it.
const PAGE: &str = "SELECT id, name, description, created_at FROM items WHERE created_at = :created_ms AND id < :id
    UNION ALL SELECT id, name, description, created_at FROM items WHERE created_at < :created_ms
    ORDER BY created_at DESC, id DESC LIMIT :limit";
const BY_NAME: &str = "SELECT id, name, description, created_at, folded FROM items
    WHERE folded = :name AND id > :id AND folded < :end
    UNION ALL SELECT id, name, description, created_at, folded FROM items WHERE folded > :name AND folded < :end
    ORDER BY folded, id LIMIT :limit";
const COUNT: &str = "SELECT total FROM item_count";
const INSERT: &str = "INSERT INTO items (name, description, created_at) VALUES (?1, ?2, ?3)";
const REPLACE: &str = "UPDATE items SET name = ?2, description = ?3 WHERE id = ?1
    RETURNING id, name, description, created_at";
/// The largest id that was ever given.
const LAST: &str = "SELECT seq FROM sqlite_sequence WHERE name = 'items'";
const DELETE: &str = "DELETE FROM items WHERE id = ?1";

/// The items after `after`, up to the one that reaches `bytes`; and where to go on.
pub(super) fn part(connection: &Connection, after: Cursor, bytes: usize) -> Result<(Vec<u8>, Option<Cursor>), DbError> {
    let parameters = named_params! { ":created_ms": after.created_ms, ":id": after.id, ":limit": -1 };
    let mut part = Part::new(bytes);
    let mut page = connection.prepare_cached(PAGE)?;
    for item in page.query_map(parameters, item)? {
        if !part.push(&item?)? {
            break;
        }
    }
    let full = part.is_full();
    let (json, last) = part.end();
    Ok((json, last.filter(|_| full)))
}

/// At most `limit` items after `after`, and what a client needs to go on.
pub(super) fn page(connection: &Connection, limit: u32, after: Option<Cursor>) -> rusqlite::Result<Page> {
    // One snapshot for both questions.
    let snapshot = connection.unchecked_transaction()?;
    let total = count(&snapshot)?;
    let after = after.unwrap_or(Cursor::FIRST);
    let parameters = named_params! { ":created_ms": after.created_ms, ":id": after.id, ":limit": limit + 1 };
    let mut items: Vec<Item> =
        snapshot.prepare_cached(PAGE)?.query_map(parameters, item)?.collect::<rusqlite::Result<_>>()?;
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    Ok(Page { items, total, more })
}

/// At most `limit` items after `after`, by name, all before `end`.
pub(super) fn by_name(
    connection: &Connection,
    limit: u32,
    after: &NameCursor,
    end: &str,
) -> rusqlite::Result<Vec<Item>> {
    let parameters = named_params! { ":name": after.name, ":id": after.id(), ":end": end, ":limit": limit };
    connection.prepare_cached(BY_NAME)?.query_map(parameters, item)?.collect()
}

/// Items in all.
pub(super) fn count(connection: &Connection) -> rusqlite::Result<u64> {
    connection.prepare_cached(COUNT)?.query_row([], |row| row.get(0))
}

pub(super) fn get(connection: &Connection, id: i64) -> rusqlite::Result<Option<Item>> {
    connection.prepare_cached(GET)?.query_row([id], item).optional()
}

pub(super) fn insert(connection: &Connection, new: NewItem, now: Timestamp) -> rusqlite::Result<Item> {
    let created_ms = now.as_millisecond();
    connection.prepare_cached(INSERT)?.execute(params![new.name, new.description, created_ms])?;
    Ok(Item {
        id: connection.last_insert_rowid(),
        name: new.name,
        description: new.description,
        created_at: Timestamp::from_millisecond(created_ms).unwrap_or(now),
    })
}

pub(super) fn replace(connection: &Connection, id: i64, new: &NewItem) -> rusqlite::Result<Option<Item>> {
    connection.prepare_cached(REPLACE)?.query_row(params![id, new.name, new.description], item).optional()
}

pub(super) fn delete(connection: &Connection, id: i64) -> rusqlite::Result<bool> {
    Ok(connection.prepare_cached(DELETE)?.execute([id])? > 0)
}

pub(in crate::db) fn last_id(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    connection.query_row(LAST, [], |row| row.get(0)).optional()
}

pub(in crate::db) fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    let created_ms: i64 = row.get(3)?;
    let created_at = Timestamp::from_millisecond(created_ms)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(3, rusqlite::types::Type::Integer, error.into()))?;
    Ok(Item { id: row.get(0)?, name: row.get(1)?, description: row.get(2)?, created_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_found_by_index_to_the_last_column() {
        let mut connection = Connection::open_in_memory().unwrap();
        super::super::migrate::run(&mut connection).unwrap();
        for (query, seeks) in [
            (PAGE, ["created_at=? AND id<?", "created_at<?"]),
            (BY_NAME, ["folded=? AND id>?", "folded>? AND folded<?"]),
        ] {
            let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
            let steps = plan.raw_query().mapped(|row| row.get::<_, String>(3));
            let plan = steps.collect::<rusqlite::Result<Vec<_>>>().unwrap().join("\n");
            assert!(seeks.iter().all(|seek| plan.contains(seek)) && !plan.contains("TEMP"), "{plan}");
        }
    }
}

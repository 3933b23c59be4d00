//! All SQL over the table `items`, and what its answers mean.

use api::{Cursor, Item};
use jiff::Timestamp;
use tokio_postgres::Row;

use super::super::{DbError, Page, parts::Part};

/// Items that are read at once of the whole list.
pub(super) const AT_ONCE: i64 = 64;

pub(super) const STATEMENTS: [&str; 8] = [GET, LIST, PAGE, COUNT, BY_NAME, INSERT, REPLACE, DELETE];

const GET: &str = "SELECT id, name, description, created_at FROM items WHERE id = $1";
const LIST: &str = "SELECT id, name, description, created_at FROM items
    WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3";
/// One question, so that the count and the items are of one moment. Of an empty page it is the count with an item of nulls.
const PAGE: &str = "SELECT page.id, page.name, page.description, page.created_at, counted.total
    FROM (SELECT sum(total)::bigint AS total FROM item_counts) AS counted
    LEFT JOIN LATERAL (
        SELECT id, name, description, created_at FROM items
        WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3
    ) AS page ON true
    ORDER BY page.created_at DESC, page.id DESC";
const COUNT: &str = "SELECT sum(total)::bigint FROM item_counts";
const BY_NAME: &str = r#"SELECT id, name, description, created_at FROM items
    WHERE (lower(name COLLATE "C"), id) > ($1, $2) AND lower(name COLLATE "C") < $3
    ORDER BY lower(name COLLATE "C"), id LIMIT $4"#;
const INSERT: &str = "INSERT INTO items (name, description, created_at) VALUES ($1, $2, $3) RETURNING id";
const REPLACE: &str = "UPDATE items SET name = $2, description = $3 WHERE id = $1
    RETURNING id, name, description, created_at";
const DELETE: &str = "DELETE FROM items WHERE id = $1";

pub(in crate::db) fn item(row: &Row) -> Result<Item, DbError> {
    let created_at = Timestamp::from_millisecond(row.try_get(3)?)?;
    Ok(Item { id: row.try_get(0)?, name: row.try_get(1)?, description: row.try_get(2)?, created_at })
}

pub(super) fn page(rows: &[Row], limit: u32) -> Result<Page, DbError> {
    let limit = limit as usize;
    let total: i64 = rows.first().map(|row| row.try_get(4)).transpose()?.unwrap_or_default();
    let is_item = |row: &&Row| row.try_get::<_, Option<i64>>(0).is_ok_and(|id| id.is_some());
    let items = rows.iter().filter(is_item).take(limit).map(item).collect::<Result<_, _>>()?;
    Ok(Page { items, total: total.unsigned_abs(), more: rows.len() > limit })
}

/// The items of an answer to `LIST`, up to the one that reaches `bytes`; and where to go on.
pub(super) fn part(rows: &[Row], bytes: usize) -> Result<(Vec<u8>, Option<Cursor>), DbError> {
    let mut part = Part::new(bytes);
    for row in rows {
        if !part.push(&item(row)?)? {
            break;
        }
    }
    let more = part.is_full() || i64::try_from(rows.len()).is_ok_and(|rows| rows == AT_ONCE);
    let (json, last) = part.end();
    Ok((json, last.filter(|_| more)))
}

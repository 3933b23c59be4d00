//! Numbered migrations; the number of the last one is the database's `user_version`.
//!
//! Each is safe for the release that still runs beside it, so a database from a newer release is accepted: that is
//! what a rollback finds.

use anyhow::Context;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tracing::{info, warn};

type Migration = fn(&Transaction<'_>) -> rusqlite::Result<()>;

const MIGRATIONS: [Migration; 3] = [items, count, by_name];

/// Brings the database up to date, or leaves it untouched.
pub(super) fn run(connection: &mut Connection) -> anyhow::Result<()> {
    // Immediate: of two processes that start at once, the second waits here and then finds the work done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: usize = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version > MIGRATIONS.len() {
        warn!(version, known = MIGRATIONS.len(), "the database is of a newer release");
    }
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        let number = index + 1;
        migration(&transaction).with_context(|| format!("migrating the database to version {number}"))?;
        transaction.pragma_update(None, "user_version", number)?;
        info!(version = number, "migrated the database to version {number}");
    }
    transaction.commit().context("committing the migrations")
}

/// Makes the table, taking over the rows of the FastAPI application when the file is one of its databases.
fn items(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let adopt = transaction.table_exists(None, "items")?;
    if adopt {
        transaction.execute_batch("DROP INDEX IF EXISTS ix_items_id; ALTER TABLE items RENAME TO items_before;")?;
    }
    transaction.execute_batch(include_str!("../../../migrations/sqlite/0001_items.sql"))?;
    if adopt {
        transaction.execute_batch(include_str!("../../../migrations/sqlite/0001_adopt.sql"))?;
    }
    Ok(())
}

fn count(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(include_str!("../../../migrations/sqlite/0002_count.sql"))
}

fn by_name(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(include_str!("../../../migrations/sqlite/0003_by_name.sql"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::sqlite::rows;

    #[test]
    fn makes_the_table_once_and_accepts_a_newer_database() {
        let mut connection = Connection::open_in_memory().unwrap();
        run(&mut connection).unwrap();
        run(&mut connection).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        run(&mut connection).unwrap();
        assert!(rows::page(&connection, 9, None).unwrap().items.is_empty());
    }

    #[test]
    fn takes_over_a_database_of_the_fastapi_application() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE items (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR NOT NULL, description VARCHAR,
                     created_at DATETIME DEFAULT (CURRENT_TIMESTAMP));
                 CREATE INDEX ix_items_id ON items (id);
                 INSERT INTO items VALUES (1, 'old', NULL, '2025-11-17 10:00:00');
                 INSERT INTO items VALUES (5, 'exact', 'd', '2025-11-17 10:00:00.250000');",
            )
            .unwrap();
        run(&mut connection).unwrap();
        let items = rows::page(&connection, 9, None).unwrap().items;
        let seen: Vec<_> = items.iter().map(|i| (i.id, i.name.as_str(), i.created_at.to_string())).collect();
        assert_eq!(
            seen,
            [(5, "exact", "2025-11-17T10:00:00.25Z".to_owned()), (1, "old", "2025-11-17T10:00:00Z".to_owned())]
        );
    }
}

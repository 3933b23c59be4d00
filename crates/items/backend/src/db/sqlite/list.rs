//! A short list as encoded JSON, kept until the database changes.
//!
//! Reading and encoding the rows is nearly all the cost of `GET /api/items`. SQLite itself says whether anything has
//! changed (`PRAGMA data_version`), for writes of this process and of any other, so the list is never stale.
//!
//! A reader that takes its time keeps the list that it was given in memory, so a long one is not kept: see
//! [`crate::db::parts`].

use std::sync::Arc;

use api::Cursor;
use axum::body::Bytes;
use rusqlite::Connection;
use tokio::{sync::Mutex, task::spawn_blocking};

use super::{super::DbError, rows};

/// Longest list that is kept, in bytes.
const KEPT_BYTES: usize = 256 * 1024;

pub(super) struct List(Arc<Mutex<State>>);

struct State {
    connection: Connection,
    encoded: Option<Encoded>,
}

struct Encoded {
    /// The connection's `data_version` in the transaction that read the rows.
    version: i64,
    /// None if it is long.
    json: Option<Bytes>,
}

impl List {
    /// Takes a connection of its own: `data_version` tells what *other* connections changed.
    pub(super) fn new(connection: Connection) -> Self {
        Self(Arc::new(Mutex::new(State { connection, encoded: None })))
    }

    /// The list as of now, unless it is long. Of many callers that find it changed, one reads it and the others wait for
    /// that.
    pub(super) async fn json(&self) -> Result<Option<Bytes>, DbError> {
        let mut state = self.0.clone().lock_owned().await;
        // Microseconds, from memory shared with the writer: not worth a trip to another thread.
        let version = state.version()?;
        if let Some(encoded) = state.encoded.as_ref().filter(|encoded| encoded.version == version) {
            return Ok(encoded.json.clone());
        }
        spawn_blocking(move || state.refresh()).await.unwrap_or(Err(DbError::Gone))
    }
}

impl State {
    fn version(&self) -> rusqlite::Result<i64> {
        version(&self.connection)
    }

    fn refresh(&mut self) -> Result<Option<Bytes>, DbError> {
        self.encoded = None;
        // In one transaction, so that the version belongs to exactly these rows.
        let snapshot = self.connection.unchecked_transaction()?;
        let version = version(&snapshot)?;
        let (array, rest) = rows::part(&snapshot, Cursor::FIRST, KEPT_BYTES)?;
        let json = rest.is_none().then(|| Bytes::from([b"[", &*array, b"]"].concat()));
        drop(snapshot);
        self.encoded = Some(Encoded { version, json: json.clone() });
        Ok(json)
    }
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))
}

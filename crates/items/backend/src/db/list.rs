//! The whole list as encoded JSON, kept until the database changes.
//!
//! Reading and encoding the rows is nearly all the cost of `GET /api/items`. SQLite itself says whether anything has
//! changed (`PRAGMA data_version`), for writes of this process and of any other, so the list is never stale.

use std::sync::Arc;

use axum::body::Bytes;
use rusqlite::Connection;
use tokio::{sync::Mutex, task::spawn_blocking};

use super::{DbError, rows};

pub(super) struct List(Arc<Mutex<State>>);

struct State {
    connection: Connection,
    encoded: Option<Encoded>,
}

struct Encoded {
    /// The connection's `data_version` in the transaction that read the rows.
    version: i64,
    json: Bytes,
}

impl List {
    /// Takes a connection of its own: `data_version` tells what *other* connections changed.
    pub(super) fn new(connection: Connection) -> Self {
        Self(Arc::new(Mutex::new(State { connection, encoded: None })))
    }

    /// The list as of now. Of many callers that find it changed, one reads it and the others wait for that.
    pub(super) async fn json(&self) -> Result<Bytes, DbError> {
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

    fn refresh(&mut self) -> Result<Bytes, DbError> {
        self.encoded = None;
        // In one transaction, so that the version belongs to exactly these rows.
        let snapshot = self.connection.unchecked_transaction()?;
        let version = version(&snapshot)?;
        let json = Bytes::from(serde_json::to_vec(&rows::all(&snapshot)?)?);
        drop(snapshot);
        self.encoded = Some(Encoded { version, json: json.clone() });
        Ok(json)
    }
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))
}

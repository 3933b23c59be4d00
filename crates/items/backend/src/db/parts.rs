//! A long list, read a part at a time as its reader takes it, so that neither its length nor a slow reader costs memory.
//!
//! Items come newest first, each as it is when its part is read: one that is made meanwhile is not among them, one that is
//! deleted before its turn neither.

use std::sync::Arc;

use api::{Cursor, Item};
use axum::body::Bytes;
use futures_util::{Stream, stream::try_unfold};
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Db, DbError, patiently, rows};

/// Bytes after which a part ends, with the item that reaches them.
const PART_BYTES: usize = 32 * 1024;
/// Long lists that are read at the same time; others wait.
const AT_ONCE: usize = 64;

/// The places of those that read long lists.
pub(super) struct Places(Arc<Semaphore>);

impl Places {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }

    pub(super) async fn take(&self) -> Result<OwnedSemaphorePermit, DbError> {
        self.0.clone().acquire_owned().await.map_err(|_| DbError::Gone)
    }
}

/// The whole list as a JSON array. It holds `place` until it is dropped.
pub(super) fn list(db: Arc<Db>, place: OwnedSemaphorePermit) -> impl Stream<Item = Result<Bytes, DbError>> + Send {
    try_unfold((db, place, Some(Cursor::FIRST), true), |(db, place, after, first)| async move {
        let Some(after) = after else { return Ok(None) };
        let read = db.readers.read(move |connection| Ok(encode(connection, after, PART_BYTES)));
        let (items, rest) = patiently(read).await??;
        let begin: &[u8] = match (first, items.is_empty()) {
            (true, _) => b"[",
            (false, true) => b"",
            (false, false) => b",",
        };
        let end: &[u8] = if rest.is_none() { b"]" } else { b"" };
        let part = Bytes::from([begin, &items, end].concat());
        Ok(Some((part, (db, place, rest, false))))
    })
}

/// The items after `after`, encoded and with commas between them, up to the one that reaches `bytes`; and where to go on.
pub(super) fn encode(
    connection: &Connection,
    after: Cursor,
    bytes: usize,
) -> Result<(Vec<u8>, Option<Cursor>), DbError> {
    let mut json = Vec::new();
    let mut last = None;
    rows::after(connection, after, |item: Item| {
        if !json.is_empty() {
            json.push(b',');
        }
        serde_json::to_writer(&mut json, &item)?;
        last = Some(Cursor::after(&item));
        Ok::<_, DbError>(json.len() < bytes)
    })?;
    let full = json.len() >= bytes;
    Ok((json, last.filter(|_| full)))
}

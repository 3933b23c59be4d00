//! A long list, read a part at a time as its reader takes it, so that neither its length nor a slow reader costs memory.
//!
//! Items come newest first, each as it is when its part is read: one that is made meanwhile is not among them, one that is
//! deleted before its turn neither.

use std::sync::Arc;

use api::{Cursor, Item};
use axum::body::Bytes;
use futures_util::{Stream, stream::try_unfold};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{DbError, patiently};

/// Bytes after which a part ends, with the item that reaches them.
pub(super) const PART_BYTES: usize = 32 * 1024;
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

/// Items as JSON, with commas between them.
pub(super) struct Part {
    json: Vec<u8>,
    last: Option<Cursor>,
    full: usize,
}

impl Part {
    /// A part that is full after `full` bytes.
    pub(super) fn new(full: usize) -> Self {
        Self { json: Vec::new(), last: None, full }
    }

    /// Adds an item; whether there is room for another.
    pub(super) fn push(&mut self, item: &Item) -> Result<bool, DbError> {
        if !self.json.is_empty() {
            self.json.push(b',');
        }
        serde_json::to_writer(&mut self.json, item)?;
        self.last = Some(Cursor::after(item));
        Ok(!self.is_full())
    }

    pub(super) fn is_full(&self) -> bool {
        self.json.len() >= self.full
    }

    /// The JSON, and the place of its last item.
    pub(super) fn end(self) -> (Vec<u8>, Option<Cursor>) {
        (self.json, self.last)
    }
}

/// The list as a JSON array: `begun`, which ends before the item after `after`, and the rest part by part as `read` has it.
/// It holds `place` until it is dropped.
pub(super) fn list<F: Future<Output = Result<(Vec<u8>, Option<Cursor>), DbError>> + Send>(
    place: OwnedSemaphorePermit,
    begun: Vec<u8>,
    after: Cursor,
    read: impl Fn(Cursor) -> F + Send,
) -> impl Stream<Item = Result<Bytes, DbError>> + Send {
    try_unfold((place, read, begun, Some(after)), |(place, read, begun, after)| async move {
        let Some(after) = after else { return Ok(None) };
        let (items, rest) = patiently(read(after)).await?;
        let comma: &[u8] = if items.is_empty() || begun == b"[" { b"" } else { b"," };
        let end: &[u8] = if rest.is_none() { b"]" } else { b"" };
        let part = Bytes::from([&begun, comma, &items, end].concat());
        Ok(Some((part, (place, read, Vec::new(), rest))))
    })
}

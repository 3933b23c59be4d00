//! The items in SQLite: one writer with group commit, parallel readers, a cached list.

mod alone;
mod connection;
mod list;
mod migrate;
mod parts;
mod readers;
mod rows;
mod writer;

use std::{fs::File, sync::Arc, time::Duration};

use api::{Cursor, Item, NewItem};
use axum::body::Body;
use jiff::Timestamp;
use thiserror::Error;
use tokio::time::timeout;

use self::{list::List, parts::Places, readers::Readers, writer::Writer};
use crate::database_url::DatabaseUrl;

/// How long a request waits for the database.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the database gave no answer.
#[derive(Debug, Error)]
pub(crate) enum DbError {
    #[error("SQLite")]
    Sqlite(#[from] rusqlite::Error),
    #[error("encoding the list")]
    Encode(#[from] serde_json::Error),
    #[error("committing a group of writes: {0}")]
    Commit(String),
    #[error("the database did not answer within {} s", PATIENCE.as_secs())]
    Slow,
    #[error("the database thread is gone")]
    Gone,
}

/// A page of the list.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) items: Vec<Item>,
    /// Items in all.
    pub(crate) total: u64,
    /// Whether there are items after the last of this page.
    pub(crate) more: bool,
}

/// The database of one process. Other processes may use the same file at the same time, but not over a network.
pub(crate) struct Db {
    // Dropped first, so that the last connection to close is not a reader's in the middle of something.
    list: List,
    places: Places,
    readers: Readers,
    writer: Writer,
    // Dropped last: after it another process may begin.
    _alone: Option<File>,
}

impl Db {
    /// Opens the database, makes or migrates its tables, and starts the writer. `clock` gives items their times.
    pub(crate) fn open(url: &DatabaseUrl, readers: u8, clock: fn() -> Timestamp) -> anyhow::Result<Self> {
        let path = url.path();
        let alone = alone::alone(path)?;
        let mut writing = connection::open(path)?;
        migrate::run(&mut writing)?;
        Ok(Self {
            list: List::new(connection::open(path)?),
            places: Places::new(),
            readers: Readers::new(path, readers)?,
            writer: Writer::start(writing, clock)?,
            _alone: alone,
        })
    }

    /// All items, newest first, as the JSON array that the API answers.
    pub(crate) async fn list_json(self: &Arc<Self>) -> Result<Body, DbError> {
        if let Some(json) = patiently(self.list.json()).await? {
            return Ok(json.into());
        }
        let place = patiently(self.places.take()).await?;
        Ok(Body::from_stream(parts::list(self.clone(), place)))
    }

    /// At most `limit` items after `after`, newest first.
    pub(crate) async fn page(&self, limit: u32, after: Option<Cursor>) -> Result<Page, DbError> {
        patiently(self.readers.read(move |connection| rows::page(connection, limit, after))).await
    }

    pub(crate) async fn get(&self, id: i64) -> Result<Option<Item>, DbError> {
        patiently(self.readers.read(move |connection| rows::get(connection, id))).await
    }

    /// Returns once the item is on disk.
    pub(crate) async fn create(&self, item: NewItem) -> Result<Item, DbError> {
        patiently(self.writer.create(item)).await
    }

    /// Returns once the change is on disk; `None` when there is no such item.
    pub(crate) async fn replace(&self, id: i64, item: NewItem) -> Result<Option<Item>, DbError> {
        patiently(self.writer.replace(id, item)).await
    }

    /// Returns once the change is on disk; whether there was such an item.
    pub(crate) async fn delete(&self, id: i64) -> Result<bool, DbError> {
        patiently(self.writer.delete(id)).await
    }

    /// Whether the database answers reads and the writer takes work.
    pub(crate) async fn ping(&self) -> Result<(), DbError> {
        patiently(self.readers.read(|connection| rows::get(connection, 0))).await?;
        if self.writer.is_alive() { Ok(()) } else { Err(DbError::Gone) }
    }
}

async fn patiently<T>(answer: impl Future<Output = Result<T, DbError>>) -> Result<T, DbError> {
    timeout(PATIENCE, answer).await.unwrap_or(Err(DbError::Slow))
}

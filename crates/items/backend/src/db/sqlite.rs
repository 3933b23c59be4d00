//! The items in SQLite: one writer with group commit, parallel readers, a cached list.

mod alone;
pub(super) mod connection;
mod list;
mod migrate;
mod readers;
pub(super) mod rows;
mod writer;

use std::{fs::File, path::Path, sync::Arc};

use api::{Cursor, Item, NameCursor, NewItem};
use axum::body::Body;
use jiff::Timestamp;

use self::{list::List, readers::Readers, writer::Writer};
use super::{
    DbError, LIST_MAX_ITEMS, Page,
    parts::{self, PART_BYTES, Places},
};

/// The database of one process. Other processes may use the same file at the same time, but not over a network.
pub(crate) struct Sqlite {
    // Dropped first, so that the last connection to close is not a reader's in the middle of something.
    list: List,
    places: Places,
    readers: Readers,
    writer: Writer,
    // Dropped last: after it another process may begin.
    _alone: Option<File>,
}

impl Sqlite {
    /// Opens the file, makes or migrates its tables, and starts the writer.
    pub(super) fn open(path: &Path, readers: u8, clock: fn() -> Timestamp) -> anyhow::Result<Self> {
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

    pub(super) async fn list_json(self: &Arc<Self>) -> Result<Option<Body>, DbError> {
        if let Some(json) = self.list.json().await? {
            return Ok(Some(json.into()));
        }
        if self.readers.read(rows::count).await? > LIST_MAX_ITEMS {
            return Ok(None);
        }
        let place = self.places.take().await?;
        let store = self.clone();
        let read = move |after| {
            let store = store.clone();
            async move { store.readers.read(move |connection| Ok(rows::part(connection, after, PART_BYTES))).await? }
        };
        Ok(Some(Body::from_stream(parts::list(place, b"[".to_vec(), Cursor::FIRST, read))))
    }

    pub(super) async fn page(&self, limit: u32, after: Option<Cursor>) -> Result<Page, DbError> {
        self.readers.read(move |connection| rows::page(connection, limit, after)).await
    }

    pub(super) async fn by_name(&self, limit: u32, after: NameCursor, end: String) -> Result<Vec<Item>, DbError> {
        self.readers.read(move |connection| rows::by_name(connection, limit, &after, &end)).await
    }

    pub(super) async fn get(&self, id: i64) -> Result<Option<Item>, DbError> {
        self.readers.read(move |connection| rows::get(connection, id)).await
    }

    pub(super) async fn create(&self, item: NewItem) -> Result<Item, DbError> {
        self.writer.create(item).await
    }

    pub(super) async fn replace(&self, id: i64, item: NewItem) -> Result<Option<Item>, DbError> {
        self.writer.replace(id, item).await
    }

    pub(super) async fn delete(&self, id: i64) -> Result<bool, DbError> {
        self.writer.delete(id).await
    }

    pub(super) async fn ping(&self) -> Result<(), DbError> {
        self.readers.read(|connection| rows::get(connection, 0)).await?;
        if self.writer.is_alive() { Ok(()) } else { Err(DbError::Gone) }
    }
}

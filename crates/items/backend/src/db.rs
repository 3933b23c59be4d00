//! The items, in one of two stores: SQLite in a file, or PostgreSQL.

mod import;
mod parts;
mod postgres;
mod sqlite;

use std::{sync::Arc, time::Duration};

use api::{Cursor, Item, NameCursor, NewItem};
use axum::body::Body;
use jiff::Timestamp;
use thiserror::Error;
use tokio::time::timeout;

pub(crate) use self::import::import;
pub(crate) use self::postgres::{Settings as PostgresSettings, Url as PostgresUrl, UrlError as PostgresUrlError};
use self::{postgres::Postgres, sqlite::Sqlite};
use crate::config::{Config, Store};

/// Items of the longest list that is answered as a whole.
pub(crate) const LIST_MAX_ITEMS: u64 = 10_000;

/// How long a request waits for the database.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the database gave no answer.
#[derive(Debug, Error)]
pub(crate) enum DbError {
    #[error("SQLite")]
    Sqlite(#[from] rusqlite::Error),
    #[error("PostgreSQL")]
    Postgres(#[from] tokio_postgres::Error),
    #[error("encoding the list")]
    Encode(#[from] serde_json::Error),
    #[error("committing a group of writes: {0}")]
    Commit(String),
    #[error("an item has a time that is none")]
    Time(#[from] jiff::Error),
    #[error("the database did not answer within {} s", PATIENCE.as_secs())]
    Slow,
    #[error("the database is gone")]
    Gone,
    /// With what was asked on its way.
    #[error("the connection to the database was lost")]
    Lost(#[source] tokio_postgres::Error),
    /// Nothing was asked of the database.
    #[error("no connection to the database: {0}")]
    Unreachable(String),
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

/// Where the items are. A clone is another handle to the same.
#[derive(Clone)]
pub(crate) enum Db {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgres>),
}

impl Db {
    /// Opens the database and makes or migrates its tables. `clock` gives items their times.
    pub(crate) async fn open(config: &Config, store: &Store, clock: fn() -> Timestamp) -> anyhow::Result<Self> {
        Ok(match store {
            Store::Sqlite(path) => Self::Sqlite(Arc::new(Sqlite::open(path, config.readers, clock)?)),
            Store::Postgres(settings) => {
                Self::Postgres(Arc::new(Postgres::open(settings, config.connections, clock).await?))
            }
        })
    }

    /// All items, newest first, as the JSON array that the API answers; none if they are more than [`LIST_MAX_ITEMS`].
    pub(crate) async fn list_json(&self) -> Result<Option<Body>, DbError> {
        match self {
            Self::Sqlite(store) => patiently(store.list_json()).await,
            Self::Postgres(store) => patiently(store.list_json()).await,
        }
    }

    /// At most `limit` items after `after`, newest first.
    pub(crate) async fn page(&self, limit: u32, after: Option<Cursor>) -> Result<Page, DbError> {
        match self {
            Self::Sqlite(store) => patiently(store.page(limit, after)).await,
            Self::Postgres(store) => patiently(store.page(limit, after)).await,
        }
    }

    /// At most `limit` items after `after` whose names begin with `prefix`, in the order of their names; and whether there are
    /// more. The letters of ASCII are equal, large and small.
    pub(crate) async fn by_name(
        &self,
        limit: u32,
        prefix: &str,
        after: NameCursor,
    ) -> Result<(Vec<Item>, bool), DbError> {
        // No character is larger, and this one stands in no text.
        let end = format!("{}{}", prefix.to_ascii_lowercase(), char::MAX);
        let mut items = match self {
            Self::Sqlite(store) => patiently(store.by_name(limit + 1, after, end)).await?,
            Self::Postgres(store) => patiently(store.by_name(limit + 1, after, end)).await?,
        };
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        Ok((items, more))
    }

    pub(crate) async fn get(&self, id: i64) -> Result<Option<Item>, DbError> {
        match self {
            Self::Sqlite(store) => patiently(store.get(id)).await,
            Self::Postgres(store) => patiently(store.get(id)).await,
        }
    }

    /// Returns once the item is on disk.
    pub(crate) async fn create(&self, item: NewItem) -> Result<Item, DbError> {
        match self {
            Self::Sqlite(store) => patiently(store.create(item)).await,
            Self::Postgres(store) => patiently(store.create(item)).await,
        }
    }

    /// Returns once the change is on disk; `None` when there is no such item.
    pub(crate) async fn replace(&self, id: i64, item: NewItem) -> Result<Option<Item>, DbError> {
        match self {
            Self::Sqlite(store) => patiently(store.replace(id, item)).await,
            Self::Postgres(store) => patiently(store.replace(id, item)).await,
        }
    }

    /// Returns once the change is on disk; whether there was such an item.
    pub(crate) async fn delete(&self, id: i64) -> Result<bool, DbError> {
        match self {
            Self::Sqlite(store) => patiently(store.delete(id)).await,
            Self::Postgres(store) => patiently(store.delete(id)).await,
        }
    }

    /// Whether the database answers reads and takes writes.
    pub(crate) async fn ping(&self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(store) => patiently(store.ping()).await,
            Self::Postgres(store) => patiently(store.ping()).await,
        }
    }
}

async fn patiently<T>(answer: impl Future<Output = Result<T, DbError>>) -> Result<T, DbError> {
    timeout(PATIENCE, answer).await.unwrap_or(Err(DbError::Slow))
}

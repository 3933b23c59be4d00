//! The items in PostgreSQL: a pool of connections, each of which has its statements prepared.
//!
//! Other tasks use the same database at the same time. What a connection that breaks leaves open is told as it is: a read is
//! asked again, a write only if it surely was not made.

mod again;
mod connection;
mod migrate;
mod pool;
mod rows;
mod settings;
mod sign_in;
mod tls;
mod url;

use std::{sync::Arc, time::Duration};

use api::{Cursor, Item, NameCursor, NewItem};
use axum::body::Body;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_postgres::{Client, Error};

pub(super) use self::rows::item;
use self::{connection::Connection, pool::Pool};
pub(crate) use self::{
    settings::Settings,
    url::{Url, UrlError},
};
use super::{
    DbError, LIST_MAX_ITEMS, Page,
    parts::{self, PART_BYTES, Places},
};

/// How long a request waits for a connection. Shorter than it waits in all, so that it learns that nothing was asked.
const FOR_A_CONNECTION: Duration = Duration::from_secs(5);
/// Before a question is asked again, or another connection is tried.
const PAUSE: Duration = Duration::from_millis(100);

pub(crate) struct Postgres {
    pool: Pool,
    places: Places,
    clock: fn() -> Timestamp,
}

/// A connection for one long job, to a database whose tables are up to date; and what drives it.
pub(super) async fn connect(settings: &Settings) -> anyhow::Result<(Client, JoinHandle<()>)> {
    let pool = Pool::new(settings, 1, Timestamp::now)?;
    migrate::run(&pool).await?;
    Ok(pool.bare().await?)
}

/// A question to the database, which can be asked again.
trait Ask<T>: for<'a> Fn(&'a Connection) -> BoxFuture<'a, Result<T, Error>> + Send {}

impl<T, F: for<'a> Fn(&'a Connection) -> BoxFuture<'a, Result<T, Error>> + Send> Ask<T> for F {}

impl Postgres {
    /// Connects, and makes or migrates the tables.
    pub(super) async fn open(settings: &Settings, connections: u16, clock: fn() -> Timestamp) -> anyhow::Result<Self> {
        let pool = Pool::new(settings, connections, clock)?;
        migrate::run(&pool).await?;
        Ok(Self { pool, places: Places::new(), clock })
    }

    pub(super) async fn list_json(self: &Arc<Self>) -> Result<Option<Body>, DbError> {
        let (mut json, rest) = self.part(Cursor::FIRST).await?;
        json.insert(0, b'[');
        let Some(after) = rest else {
            json.push(b']');
            return Ok(Some(json.into()));
        };
        let count = self.read(|connection| Box::pin(connection.count())).await?;
        if count.unsigned_abs() > LIST_MAX_ITEMS {
            return Ok(None);
        }
        let place = self.places.take().await?;
        let store = self.clone();
        let read = move |after| {
            let store = store.clone();
            async move { store.part(after).await }
        };
        Ok(Some(Body::from_stream(parts::list(place, json, after, read))))
    }

    async fn part(&self, after: Cursor) -> Result<(Vec<u8>, Option<Cursor>), DbError> {
        let rows = self.read(move |connection| Box::pin(connection.after(after))).await?;
        rows::part(&rows, PART_BYTES)
    }

    pub(super) async fn page(&self, limit: u32, after: Option<Cursor>) -> Result<Page, DbError> {
        let after = after.unwrap_or(Cursor::FIRST);
        let rows = self.read(move |connection| Box::pin(connection.page(after, limit))).await?;
        rows::page(&rows, limit)
    }

    pub(super) async fn by_name(&self, limit: u32, after: NameCursor, end: String) -> Result<Vec<Item>, DbError> {
        let (after, end) = (Arc::new(after), Arc::<str>::from(end));
        let rows = self.read(move |connection| Box::pin(connection.by_name(limit, after.clone(), end.clone()))).await?;
        rows.iter().map(rows::item).collect()
    }

    pub(super) async fn get(&self, id: i64) -> Result<Option<Item>, DbError> {
        let row = self.read(move |connection| Box::pin(connection.get(id))).await?;
        row.as_ref().map(rows::item).transpose()
    }

    pub(super) async fn create(&self, item: NewItem) -> Result<Item, DbError> {
        let created_at = Timestamp::from_millisecond((self.clock)().as_millisecond())?;
        let new = Arc::new(item.clone());
        let id = self.write(move |connection| Box::pin(connection.insert(new.clone(), created_at))).await?;
        Ok(Item { id, name: item.name, description: item.description, created_at })
    }

    pub(super) async fn replace(&self, id: i64, item: NewItem) -> Result<Option<Item>, DbError> {
        let new = Arc::new(item);
        let row = self.write(move |connection| Box::pin(connection.replace(id, new.clone()))).await?;
        row.as_ref().map(rows::item).transpose()
    }

    pub(super) async fn delete(&self, id: i64) -> Result<bool, DbError> {
        self.write(move |connection| Box::pin(connection.delete(id))).await
    }

    /// A connection of the pool goes to a server that takes writes.
    pub(super) async fn ping(&self) -> Result<(), DbError> {
        self.get(0).await.map(drop)
    }

    async fn read<T>(&self, ask: impl Ask<T>) -> Result<T, DbError> {
        self.ask(ask, again::may_read_again).await
    }

    async fn write<T>(&self, ask: impl Ask<T>) -> Result<T, DbError> {
        self.ask(ask, again::was_surely_not_made).await
    }

    /// Asks until there is an answer or an error after which one may not ask again; the caller limits the time.
    async fn ask<T>(&self, ask: impl Ask<T>, may_ask_again: fn(&Error) -> bool) -> Result<T, DbError> {
        loop {
            let connection = self.connection().await?;
            let error = match ask(&connection).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if again::is_of_no_more_use(&error) {
                connection.give_up();
            }
            if !may_ask_again(&error) {
                return Err(again::fault(error));
            }
            sleep(PAUSE).await;
        }
    }

    /// A connection that works, as far as one can tell. A server that is just starting, or changing places with another, is
    /// waited for.
    async fn connection(&self) -> Result<pool::Lent, DbError> {
        let mut why = "all are in use".to_owned();
        let found = async {
            loop {
                match self.pool.get().await {
                    Ok(connection) => return Ok(connection),
                    Err(error) if error.may_pass() => why = error.to_string(),
                    Err(error) => return Err(DbError::Unreachable(error.to_string())),
                }
                sleep(PAUSE).await;
            }
        };
        match timeout(FOR_A_CONNECTION, found).await {
            Ok(found) => found,
            Err(_) => Err(DbError::Unreachable(why)),
        }
    }
}

//! A connection with its statements prepared.

use std::{sync::Arc, time::Duration};

use api::{Cursor, NameCursor, NewItem};
use futures_util::future::{try_join, try_join_all};
use jiff::Timestamp;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Error, Row, Statement};

use super::rows;

/// Shorter than a request waits, so that none goes on for nobody.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(9);

pub(super) struct Connection {
    client: Client,
    /// In the order of [`rows::STATEMENTS`].
    statements: [Statement; rows::STATEMENTS.len()],
    driver: JoinHandle<()>,
}

impl Connection {
    /// Sets `client` up, which `driver` drives.
    pub(super) async fn new(client: Client, driver: JoinHandle<()>) -> Result<Self, Error> {
        // By SET and not at the start: what stands between, such as RDS Proxy, passes few settings of the start on.
        let set = format!("SET statement_timeout = {}", STATEMENT_TIMEOUT.as_millis());
        // All in one round trip.
        let prepared = try_join_all(rows::STATEMENTS.map(|statement| client.prepare(statement)));
        let ((), statements) = try_join(client.batch_execute(&set), prepared).await?;
        let statements = statements.try_into().expect("as many as were asked for");
        Ok(Self { client, statements, driver })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Asks for nothing, to see whether somebody answers.
    pub(super) async fn check(&self) -> Result<(), Error> {
        self.client.check_connection().await
    }

    pub(super) async fn get(&self, id: i64) -> Result<Option<Row>, Error> {
        let [get, ..] = &self.statements;
        self.client.query_opt(get, &[&id]).await
    }

    pub(super) async fn after(&self, after: Cursor) -> Result<Vec<Row>, Error> {
        let [_, list, ..] = &self.statements;
        self.client.query(list, &[&after.created_ms, &after.id, &rows::AT_ONCE]).await
    }

    pub(super) async fn page(&self, after: Cursor, limit: u32) -> Result<Vec<Row>, Error> {
        let [_, _, page, ..] = &self.statements;
        let limit = i64::from(limit) + 1;
        self.client.query(page, &[&after.created_ms, &after.id, &limit]).await
    }

    pub(super) async fn count(&self) -> Result<i64, Error> {
        let [_, _, _, count, ..] = &self.statements;
        self.client.query_one(count, &[]).await?.try_get(0)
    }

    pub(super) async fn by_name(&self, limit: u32, after: Arc<NameCursor>, end: Arc<str>) -> Result<Vec<Row>, Error> {
        let [_, _, _, _, by_name, ..] = &self.statements;
        self.client.query(by_name, &[&after.name, &after.id(), &&*end, &i64::from(limit)]).await
    }

    pub(super) async fn insert(&self, new: Arc<NewItem>, created_at: Timestamp) -> Result<i64, Error> {
        let [_, _, _, _, _, insert, ..] = &self.statements;
        let created_ms = created_at.as_millisecond();
        self.client.query_one(insert, &[&new.name, &new.description, &created_ms]).await?.try_get(0)
    }

    pub(super) async fn replace(&self, id: i64, new: Arc<NewItem>) -> Result<Option<Row>, Error> {
        let [.., replace, _] = &self.statements;
        self.client.query_opt(replace, &[&id, &new.name, &new.description]).await
    }

    pub(super) async fn delete(&self, id: i64) -> Result<bool, Error> {
        let [.., delete] = &self.statements;
        Ok(self.client.execute(delete, &[&id]).await? > 0)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

//! The items of an SQLite database, moved to a PostgreSQL that has none: all of them, or nothing is changed.

use std::path::Path;

use anyhow::{Context, ensure};
use api::Item;
use futures_util::TryStreamExt;
use ring::digest::{self, Digest};
use rusqlite::Connection;
use tokio_postgres::{
    Transaction,
    binary_copy::BinaryCopyInWriter,
    types::{ToSql, Type},
};

use super::{
    postgres::{self, Settings},
    sqlite,
};

const COPY: &str = "COPY items (id, name, description, created_at) FROM STDIN BINARY";
const ALL: &str = "SELECT id, name, description, created_at FROM items ORDER BY id";
/// Also ids of items that were deleted are not given again.
const GO_ON: &str = "SELECT setval(pg_get_serial_sequence('items', 'id'), $1)";

/// Moves the items in the file `source`, and returns how many they are. Whoever writes to it meanwhile is not heard.
pub(crate) async fn import(source: &Path, target: &Settings) -> anyhow::Result<u64> {
    ensure!(source.is_file(), "there is no file `{}`", source.display());
    let source = sqlite::connection::open(source)?;
    let source = source.unchecked_transaction()?;
    let version: i64 = source.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    ensure!(version > 0, "the database is of no release of this program: start one on it, which takes it over");

    let (mut client, _driver) = postgres::connect(target).await?;
    let target = client.transaction().await?;
    target.batch_execute("SET LOCAL lock_timeout = '5s'; LOCK TABLE items IN ACCESS EXCLUSIVE MODE").await?;
    let there: i64 = target.query_one("SELECT count(*) FROM items", &[]).await?.try_get(0)?;
    ensure!(there == 0, "the target has {there} items already: only a database without any can be filled");

    let (sent, sum) = copy(&source, &target).await.context("copying the items")?;
    let (arrived, arrived_sum) = check(&target).await.context("reading back what was copied")?;
    ensure!(sent == arrived, "{sent} items were sent, {arrived} have arrived");
    ensure!(sum.as_ref() == arrived_sum.as_ref(), "what has arrived is not what was sent");
    if let Some(last) = sqlite::rows::last_id(&source)? {
        target.execute(GO_ON, &[&last]).await.context("telling the target which ids are taken")?;
    }
    target.commit().await.context("committing the items")?;
    Ok(sent)
}

async fn copy(source: &Connection, target: &Transaction<'_>) -> anyhow::Result<(u64, Digest)> {
    let sink = target.copy_in(COPY).await?;
    let mut writer = std::pin::pin!(BinaryCopyInWriter::new(sink, &[Type::INT8, Type::TEXT, Type::TEXT, Type::INT8]));
    let mut sum = Sum::new();
    let mut query = source.prepare(ALL)?;
    for item in query.query_map([], sqlite::rows::item)? {
        let item = item?;
        let has_nul = item.name.contains('\0') || item.description.as_deref().is_some_and(|text| text.contains('\0'));
        ensure!(!has_nul, "item {} has a NUL in its text, which PostgreSQL can't keep: change it first", item.id);
        let row: [&(dyn ToSql + Sync); 4] =
            [&item.id, &item.name, &item.description, &item.created_at.as_millisecond()];
        writer.as_mut().write(&row).await?;
        sum.add(&item)?;
    }
    writer.finish().await?;
    Ok(sum.end())
}

async fn check(target: &Transaction<'_>) -> anyhow::Result<(u64, Digest)> {
    let mut sum = Sum::new();
    let rows = target.query_raw(ALL, std::iter::empty::<i64>()).await?;
    let mut rows = std::pin::pin!(rows);
    while let Some(row) = rows.try_next().await? {
        sum.add(&postgres::item(&row)?)?;
    }
    Ok(sum.end())
}

/// Of all items in their order: how many, and a digest of all they have.
struct Sum {
    count: u64,
    digest: digest::Context,
}

impl Sum {
    fn new() -> Self {
        Self { count: 0, digest: digest::Context::new(&digest::SHA256) }
    }

    fn add(&mut self, item: &Item) -> serde_json::Result<()> {
        self.count += 1;
        // JSON tells where each part ends.
        self.digest.update(&serde_json::to_vec(item)?);
        Ok(())
    }

    fn end(self) -> (u64, Digest) {
        (self.count, self.digest.finish())
    }
}

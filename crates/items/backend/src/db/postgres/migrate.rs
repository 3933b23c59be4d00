//! Numbered migrations; the number of the last one is the largest in the table `migrations`.
//!
//! Each is safe for the release that still runs beside it, so a database from a newer release is accepted: that is
//! what a rollback finds. Of tasks that start at once, one migrates and the others wait for the lock that it has.

use std::time::Duration;

use anyhow::Context;
use tokio::time::{Instant, sleep};
use tokio_postgres::{Client, Transaction};
use tracing::{info, warn};

use super::{PAUSE, pool::Pool};

const MIGRATIONS: [&str; 3] = [
    include_str!("../../../migrations/postgres/0001_items.sql"),
    include_str!("../../../migrations/postgres/0002_count.sql"),
    include_str!("../../../migrations/postgres/0003_by_name.sql"),
];

/// Of this program's own: whoever locks this number migrates these tables.
const LOCK: i64 = 0x0069_7465_6d73;
/// For the server to be there: it may be starting, or changing places with its standby.
const PATIENCE: Duration = Duration::from_secs(30);
/// A change of a table waits for whoever uses it, and all others wait behind it.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '5s'";

/// Brings the database up to date, or leaves it untouched.
pub(super) async fn run(pool: &Pool) -> anyhow::Result<()> {
    let (mut client, driver) = connect(pool).await?;
    let migrated = migrate(&mut client, &MIGRATIONS).await;
    drop(client);
    let _ = driver.await;
    migrated
}

async fn connect(pool: &Pool) -> anyhow::Result<(Client, tokio::task::JoinHandle<()>)> {
    let end = Instant::now() + PATIENCE;
    loop {
        match pool.bare().await {
            Err(error) if error.may_pass() && Instant::now() < end => {
                warn!(cause = %error, "the database cannot be reached yet");
                sleep(PAUSE * 10).await;
            }
            connection => return connection.context("connecting to the database"),
        }
    }
}

async fn migrate(client: &mut Client, migrations: &[&str]) -> anyhow::Result<()> {
    let transaction = client.transaction().await.context("beginning to migrate")?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await.context("waiting to migrate")?;
    let version = version(&transaction).await.context("reading the version of the database")?;
    if version > migrations.len() {
        warn!(version, known = migrations.len(), "the database is of a newer release");
    }
    transaction.batch_execute(LOCK_TIMEOUT).await?;
    for (index, migration) in migrations.iter().enumerate().skip(version) {
        let number = index + 1;
        let done = "INSERT INTO migrations (number) VALUES ($1)";
        let doing = || format!("migrating the database to version {number}");
        transaction.batch_execute(migration).await.with_context(doing)?;
        transaction.execute(done, &[&i32::try_from(number)?]).await.with_context(doing)?;
        info!(version = number, "migrated the database to version {number}");
    }
    transaction.commit().await.context("committing the migrations")
}

async fn version(transaction: &Transaction<'_>) -> anyhow::Result<usize> {
    let there = transaction.query_one("SELECT to_regclass('migrations') IS NOT NULL", &[]).await?;
    if !there.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    let last = transaction.query_one("SELECT coalesce(max(number), 0) FROM migrations", &[]).await?;
    Ok(usize::try_from(last.try_get::<_, i32>(0)?)?)
}

//! How every connection is set up.

use std::{path::Path, time::Duration};

use anyhow::Context;
use rusqlite::{Connection, OpenFlags};

/// Another process on the same file (a release that is being replaced) may hold the lock for so long.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens `path`, making the file if need be.
///
/// WAL with `synchronous = FULL`: a commit returns after its log record was synced, so an acknowledged write survives
/// the loss of the process and of power (<https://www.sqlite.org/pragma.html#pragma_synchronous>).
pub(in crate::db) fn open(path: &Path) -> anyhow::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)
        .and_then(|connection| set_up(&connection).map(|()| connection))
        .with_context(|| format!("opening the database `{}`", path.display()))?;
    Ok(connection)
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "full")?;
    // macOS: a plain fsync leaves the data in the drive's cache. No effect elsewhere.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // Gives the space of a log back that a burst of writes made large.
    connection.pragma_update_and_check(None, "journal_size_limit", 16 * 1024 * 1024, |_| Ok(()))
}

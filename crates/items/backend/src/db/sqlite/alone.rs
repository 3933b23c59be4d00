//! One process on a file that a network keeps.
//!
//! The index of SQLite's log is memory that processes share and hosts do not: two hosts on one file damage it
//! (<https://www.sqlite.org/wal.html>). A task can be there twice while the network cuts its host off, or where somebody runs
//! another beside it. On a disk of this machine there is nothing to do: there processes may overlap.

use std::{
    fs::{File, TryLockError},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;

/// The server of a network file system forgets a client that is gone after 90 seconds or so.
const PATIENCE: Duration = Duration::from_mins(2);
const PAUSE: Duration = Duration::from_millis(200);

/// Waits until no other process has the database at `path`, if it is on a network. It is ours for as long as the file that is
/// returned is open.
pub(super) fn alone(path: &Path) -> anyhow::Result<Option<File>> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !is_on_a_network(directory) {
        return Ok(None);
    }
    lock(path, PATIENCE).map(Some)
}

#[cfg(target_os = "linux")]
fn is_on_a_network(directory: &Path) -> bool {
    rustix::fs::statfs(directory).is_ok_and(|about| about.f_type == rustix::fs::NFS_SUPER_MAGIC)
}

#[cfg(not(target_os = "linux"))]
fn is_on_a_network(_directory: &Path) -> bool {
    false
}

fn lock(path: &Path, patience: Duration) -> anyhow::Result<File> {
    let name = path.with_extension("lock");
    let doing = || format!("locking `{}`", name.display());
    let file = File::options().create(true).truncate(false).write(true).open(&name).with_context(doing)?;
    let end = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error).with_context(doing),
            Err(TryLockError::WouldBlock) => {
                anyhow::ensure!(
                    Instant::now() < end,
                    "another process still uses the database `{}` after {} s; SQLite on a network file system is for one alone",
                    path.display(),
                    patience.as_secs()
                );
                thread::sleep(PAUSE);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_process_waits_for_the_first_and_gives_up() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("items.db");
        let first = lock(&path, Duration::ZERO).unwrap();
        let error = format!("{:#}", lock(&path, Duration::ZERO).unwrap_err());
        assert!(error.starts_with("another process still uses the database `"), "{error}");
        let waiting = thread::spawn({
            let path = path.clone();
            move || lock(&path, Duration::from_mins(1)).is_ok()
        });
        drop(first);
        assert!(waiting.join().unwrap());
    }

    #[test]
    fn processes_may_overlap_on_a_disk_of_this_machine() {
        let directory = tempfile::tempdir().unwrap();
        assert!(alone(&directory.path().join("items.db")).unwrap().is_none());
        assert!(alone(Path::new("items.db")).unwrap().is_none());
    }
}

//! The directory of everything that an engine keeps, `.driftless` in the project by default: unpacked images, data of
//! the services, logs, the control socket.

use std::{
    fs,
    fs::{DirBuilder, File, TryLockError},
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
/// Name of the data directory in a project's directory.
const NAME: &str = ".driftless";

const LOCK_TRIES: u32 = 5;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// The data directory of an engine: one engine at a time.
#[derive(Clone, Debug)]
pub struct DataDirectory {
    directory: PathBuf,
}

/// The lock of a [`DataDirectory`], held while this exists. The kernel releases it when the process exits.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl DataDirectory {
    /// The data directory at `directory`, an absolute path. It need not exist.
    pub fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// The data directory of the project in the directory `project`.
    pub fn in_project(project: &Path) -> Self {
        Self::new(project.join(NAME))
    }

    /// Creates the directory with mode 700, ignored by Git. One that exists gets that mode, and must be ours.
    pub fn create(&self) -> anyhow::Result<()> {
        Self::make_private(&self.directory)?;
        self.own()?;
        [self.roots(), self.logs(), self.directory.join("data")]
            .iter()
            .try_for_each(|path| Self::make_private(path))?;
        let ignore = self.directory.join(".gitignore");
        if !ignore.exists() {
            fs::write(&ignore, "*\n").with_context(|| format!("writing `{}`", ignore.display()))?;
        }
        Ok(())
    }

    /// Lets nobody else into the directory, whoever made it.
    fn own(&self) -> anyhow::Result<()> {
        let path = &self.directory;
        let doing = || format!("keeping `{}` to ourselves", path.display());
        let metadata = fs::metadata(path).with_context(doing)?;
        hint::ensure!(
            metadata.uid() == rustix::process::geteuid().as_raw(),
            "`{}` belongs to another user",
            path.display(),
            hint = "name a directory of your own with `--data`, or run as the user that made this one"
        );
        fs::set_permissions(path, PermissionsExt::from_mode(0o700)).with_context(doing)
    }

    /// Creates `directory` with mode 700.
    pub(crate) fn make_private(directory: &Path) -> anyhow::Result<()> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
        made.with_context(|| format!("creating `{}`", directory.display()))
    }

    /// Acquires the lock; `None` if another engine has it.
    pub(crate) fn lock(&self) -> anyhow::Result<Option<Lock>> {
        let path = self.directory.join("engine.lock");
        let doing = || format!("locking `{}`", path.display());
        let file = File::options().create(true).truncate(false).write(true).open(&path).with_context(doing)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).with_context(doing),
        }
    }

    /// Acquires the lock. [`DataDirectory::is_locked`] of another process holds it for a moment, hence the retries.
    pub(crate) async fn lock_patiently(&self) -> anyhow::Result<Option<Lock>> {
        for _ in 0..LOCK_TRIES {
            if let Some(lock) = self.lock()? {
                return Ok(Some(lock));
            }
            tokio::time::sleep(LOCK_PAUSE).await;
        }
        self.lock()
    }

    /// Whether an engine is running.
    pub fn is_locked(&self) -> anyhow::Result<bool> {
        Ok(self.directory.is_dir() && self.lock()?.is_none())
    }

    /// Whether [`DataDirectory::create`] created the directory.
    pub fn is_ours(&self) -> bool {
        self.roots().is_dir() && fs::read(self.directory.join(".gitignore")).is_ok_and(|ignore| ignore == b"*\n")
    }

    /// Removes the directory and everything in it.
    pub fn remove(&self) -> anyhow::Result<()> {
        make_removable(&self.roots());
        fs::remove_dir_all(&self.directory).with_context(|| format!("removing `{}`", self.directory.display()))
    }

    /// The absolute path.
    pub fn path(&self) -> &Path {
        &self.directory
    }

    /// Directory of the unpacked images, one per digest.
    pub(crate) fn roots(&self) -> PathBuf {
        self.directory.join("roots")
    }

    /// Directory that `service` keeps its files in.
    pub(crate) fn service(&self, service: &str) -> PathBuf {
        self.directory.join("data").join(service)
    }

    /// Directory of the services' logs.
    pub fn logs(&self) -> PathBuf {
        self.directory.join("logs")
    }

    /// Directory of the bundle that `up` builds.
    pub fn bundle(&self) -> PathBuf {
        self.directory.join("bundle")
    }

    /// The engine's control socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.join("engine.sock")
    }

    /// The log of an engine that was started with `up --detach`.
    pub fn engine_log(&self) -> PathBuf {
        self.directory.join("engine.log")
    }

    /// File with the values of secrets.
    pub fn secrets(&self) -> PathBuf {
        self.directory.join("secrets.env")
    }

    /// `release.json` of the release that is running, or was last.
    pub fn release(&self) -> PathBuf {
        self.directory.join("release.json")
    }
}

/// Makes the read-only directories of an unpacked image writable, so that they can be removed. Errors show when they are.
pub(crate) fn make_removable(path: &Path) {
    let _ = fs::set_permissions(path, PermissionsExt::from_mode(0o700));
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let directories = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    directories.for_each(|entry| make_removable(&entry.path()));
}

/// Refuses paths that could not be mounted in a task.
pub(crate) fn check_inside(service: &str, path: &str) -> anyhow::Result<()> {
    let normal = path.strip_prefix('/').is_some_and(|rest| {
        !rest.is_empty() && rest.split('/').all(|name| !name.is_empty() && name != "." && name != "..")
    });
    if !normal {
        bail!("the data directory `{path}` of service `{service}` is not an absolute path without `.` and `..`");
    }
    // The sandbox reads there how to give up privileges.
    let kernels = ["dev", "proc", "sys"].iter().any(|name| path.split('/').nth(1) == Some(name));
    ensure!(!kernels, "the data directory `{path}` of service `{service}` is where the kernel's files are");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_keeps_nothing_where_the_kernels_files_are() {
        for good in ["/data", "/var/lib/items", "/process"] {
            assert!(check_inside("backend", good).is_ok(), "{good}");
        }
        for bad in ["/proc", "/proc/sys", "/dev/shm", "/sys", "/", "data", "//proc", "/data/../proc", "/data/"] {
            assert!(check_inside("backend", bad).is_err(), "{bad}");
        }
    }
}

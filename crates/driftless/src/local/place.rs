//! The directory that holds everything of a stack that runs on this machine, `.driftless` by default.

use std::{
    env, fs,
    fs::{DirBuilder, File, TryLockError},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};

use super::root;
use crate::project::STACK;

/// Name of the directory in a project.
const NAME: &str = ".driftless";

const LOCK_TRIES: u32 = 5;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// The data directory of an engine.
#[derive(Clone, Debug)]
pub struct Place {
    directory: PathBuf,
}

/// The right to run the engine of a [`Place`]; nobody else has it while this exists, and the kernel takes it back.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Place {
    /// The place that `--data` names, or the one of the project around the current directory.
    pub fn find(data: Option<&Path>) -> anyhow::Result<Self> {
        let here = env::current_dir().context("looking for the current directory")?;
        let directory = match data {
            Some(data) => here.join(data),
            None => here
                .ancestors()
                .find(|directory| directory.join(STACK).is_file())
                .with_context(|| {
                    format!(
                        "`{}` is in no project: no directory from there upwards has `{STACK}`\nhint: change to the \
                         project's directory, or name the one that `up` used with `--data DIR`",
                        here.display()
                    )
                })?
                .join(NAME),
        };
        Ok(Self { directory })
    }

    /// Makes the directory, for this user alone and invisible to Git.
    pub(crate) fn create(&self) -> anyhow::Result<()> {
        Self::make_private(&self.directory)?;
        [self.roots(), self.logs(), self.directory.join("data")]
            .iter()
            .try_for_each(|path| Self::make_private(path))?;
        let ignore = self.directory.join(".gitignore");
        if !ignore.exists() {
            fs::write(&ignore, "*\n").with_context(|| format!("writing `{}`", ignore.display()))?;
        }
        Ok(())
    }

    /// Makes `directory`, for this user alone.
    pub(crate) fn make_private(directory: &Path) -> anyhow::Result<()> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
        made.with_context(|| format!("making `{}`", directory.display()))
    }

    /// Takes the lock, or says that another engine has it with none.
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

    /// Takes the lock; a command that only looks whether it is taken has it for a moment, so tries again.
    pub(crate) async fn lock_patiently(&self) -> anyhow::Result<Option<Lock>> {
        for _ in 0..LOCK_TRIES {
            if let Some(lock) = self.lock()? {
                return Ok(Some(lock));
            }
            tokio::time::sleep(LOCK_PAUSE).await;
        }
        self.lock()
    }

    /// True while an engine runs.
    pub(crate) fn is_taken(&self) -> anyhow::Result<bool> {
        Ok(self.directory.is_dir() && self.lock()?.is_none())
    }

    /// True if [`Place::create`] made the directory.
    pub(crate) fn is_ours(&self) -> bool {
        self.roots().is_dir() && fs::read(self.directory.join(".gitignore")).is_ok_and(|ignore| ignore == b"*\n")
    }

    /// Makes everything in the directory removable.
    pub(crate) fn unlock(&self) {
        root::unlock(&self.roots());
    }

    /// The directory itself.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Unpacked images, by digest.
    pub(crate) fn roots(&self) -> PathBuf {
        self.directory.join("roots")
    }

    /// What `service` keeps.
    pub(crate) fn data(&self, service: &str) -> PathBuf {
        self.directory.join("data").join(service)
    }

    /// What the services wrote.
    pub(crate) fn logs(&self) -> PathBuf {
        self.directory.join("logs")
    }

    /// The bundle that `up` builds.
    pub(crate) fn bundle(&self) -> PathBuf {
        self.directory.join("bundle")
    }

    /// Where the engine listens to commands.
    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.join("engine.sock")
    }

    /// What a detached engine writes.
    pub(crate) fn engine_log(&self) -> PathBuf {
        self.directory.join("engine.log")
    }

    /// Values of secrets.
    pub(crate) fn secrets(&self) -> PathBuf {
        self.directory.join("secrets.env")
    }

    /// The release that runs, or ran last.
    pub(crate) fn release(&self) -> PathBuf {
        self.directory.join("release.json")
    }
}

/// Refuses paths that could not be mounted in a task.
pub(crate) fn check_inside(service: &str, path: &str) -> anyhow::Result<()> {
    let normal = path.strip_prefix('/').is_some_and(|rest| {
        !rest.is_empty() && rest.split('/').all(|name| !name.is_empty() && name != "." && name != "..")
    });
    if !normal {
        bail!("the data directory `{path}` of service `{service}` is not an absolute path without `.` and `..`");
    }
    Ok(())
}

//! The private directory in which a root is planned and applied.

use std::{
    env, fs,
    fs::{DirBuilder, File, TryLockError},
    io,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    process,
};

use anyhow::Context;
use hint::Hint;

use super::{fault::Fault, lockfile::LOCK_FILE, running::Files};

/// Configurations end so.
const SUFFIX: &str = ".tf.json";

/// A directory that nobody else uses while this exists, readable by this user alone.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) path: PathBuf,
    _lock: File,
}

/// Where work directories are kept: `DRIFTLESS_STATE`, or `driftless` in the user's state directory.
pub fn state_directory() -> anyhow::Result<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(chosen) = set("DRIFTLESS_STATE") {
        return Ok(chosen);
    }
    let base = set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")));
    let base = base.context("neither HOME nor XDG_STATE_HOME says where state is kept").hint("set DRIFTLESS_STATE")?;
    Ok(base.join("driftless"))
}

impl Directory {
    /// Takes `path`, making it if need be.
    pub(super) fn take(path: PathBuf) -> anyhow::Result<Self> {
        let doing = || format!("making `{}`", path.display());
        let elsewhere = "let DRIFTLESS_STATE name a directory that can be written to";
        DirBuilder::new().recursive(true).mode(0o700).create(&path).with_context(doing).hint(elsewhere)?;
        let file = path.join("lock");
        let mut options = File::options();
        let lock = options.create(true).truncate(false).read(true).write(true).mode(0o600).open(&file);
        let mut lock = lock.with_context(|| format!("opening `{}`", file.display())).hint(elsewhere)?;
        match lock.try_lock() {
            Ok(()) => {
                // For whoever finds it locked; what an earlier process wrote is longer or shorter.
                let write = lock.set_len(0).and_then(|()| write!(lock, "{}", process::id()));
                write.with_context(|| format!("writing `{}`", file.display()))?;
                Ok(Self { path, _lock: lock })
            }
            Err(TryLockError::WouldBlock) => {
                let process = io::read_to_string(lock).ok().and_then(|text| text.parse().ok());
                Err(Fault::busy(path, process).into())
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("locking `{}`", file.display())),
        }
    }

    /// What a program that runs in it writes to.
    pub(super) fn files(&self) -> Files {
        Files::of(&self.path)
    }

    /// Replaces the configuration by that of `from`.
    pub(super) fn install(&self, from: &Path) -> anyhow::Result<()> {
        let wanted = configurations(from)?;
        hint::ensure!(
            !wanted.is_empty(),
            "`{}` holds no `config{SUFFIX}`",
            from.display(),
            hint = "build the bundle again, or render the roots with `nix run .#render`"
        );
        for old in configurations(&self.path)? {
            fs::remove_file(self.path.join(&old)).with_context(|| format!("removing `{old}`"))?;
        }
        for name in wanted {
            let text = oci::read_document(&from.join(&name))?;
            self.write(&name, &text)?;
        }
        // What the project has chosen wins; otherwise this directory remembers what it was planned with.
        match oci::read_document(&from.join(LOCK_FILE)) {
            Ok(text) => self.write(LOCK_FILE, &text),
            Err(_) => Ok(()),
        }
    }

    /// Writes a file for this user alone.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let path = self.path.join(name);
        let temporary = self.path.join(format!(".{name}.new"));
        let write = || {
            let mut file = File::options().create(true).truncate(true).write(true).mode(0o600).open(&temporary)?;
            std::io::Write::write_all(&mut file, bytes)?;
            fs::rename(&temporary, &path)
        };
        write().with_context(|| format!("writing `{}`", path.display()))
    }
}

fn configurations(directory: &Path) -> anyhow::Result<Vec<String>> {
    let entries = fs::read_dir(directory).with_context(|| format!("reading `{}`", directory.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.with_context(|| format!("reading `{}`", directory.display()))?.file_name();
        names.extend(name.to_str().filter(|name| name.ends_with(SUFFIX)).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_directory_is_private_and_has_one_user_at_a_time() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a/b");
        let taken = Directory::take(path.clone()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        taken.write("plan", b"x").unwrap();
        assert_eq!(fs::metadata(path.join("plan")).unwrap().permissions().mode() & 0o777, 0o600);
        let error = format!("{:#}", Directory::take(path.clone()).unwrap_err());
        assert!(error.contains(&format!("another `driftless` of this user, process {},", process::id())), "{error}");
        drop(taken);
        Directory::take(path).unwrap();
    }

    #[test]
    fn the_configuration_of_before_is_gone() {
        let (from, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let taken = Directory::take(place.path().join("root")).unwrap();
        taken.write("old.tf.json", b"{}").unwrap();
        assert!(taken.install(from.path()).is_err());
        fs::write(from.path().join("config.tf.json"), "{}").unwrap();
        taken.install(from.path()).unwrap();
        assert_eq!(configurations(&taken.path).unwrap(), ["config.tf.json"]);
    }
}

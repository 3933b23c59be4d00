//! Providers that come with the program: `withPlugins` of nixpkgs wraps it so that `init` takes those beside it, as with
//! `-plugin-dir`, and no others.
//!
//! The wrapper alone knows of that. What an earlier wrapper has left in a work directory names its own files and their hashes, so
//! the next one would refuse it, or go on with providers that nothing has pinned.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context;

use super::lockfile::LOCK_FILE;

/// Where they are, beside `bin`.
/// <https://github.com/NixOS/nixpkgs/blob/master/pkgs/by-name/op/opentofu/package.nix>
const DIRECTORY: &str = "libexec/terraform-providers";
/// Where `init` keeps what it has installed.
const INSTALLED: &str = ".terraform/providers";
/// Names the directory that the providers of a work directory are from.
const ORIGIN: &str = "providers-from";

/// The directory of the providers that come with `program`.
pub(super) fn beside(program: &Path) -> Option<PathBuf> {
    let directory = program.canonicalize().ok()?.parent()?.parent()?.join(DIRECTORY);
    directory.is_dir().then_some(directory)
}

/// Forgets, in the work directory `work`, providers that are from elsewhere than `plugins`, and what was chosen among those.
pub(super) fn renew(work: &Path, plugins: Option<&Path>) -> anyhow::Result<()> {
    let file = work.join(ORIGIN);
    let before = fs::read_to_string(&file).unwrap_or_default();
    let now = plugins.map(|path| path.display().to_string()).unwrap_or_default();
    if before == now {
        return Ok(());
    }
    let gone = |result: io::Result<()>| match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    };
    let removed =
        gone(fs::remove_file(work.join(LOCK_FILE))).and_then(|()| gone(fs::remove_dir_all(work.join(INSTALLED))));
    removed
        .and_then(|()| fs::write(&file, now))
        .with_context(|| format!("renewing the providers in `{}`", work.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work() -> tempfile::TempDir {
        let work = tempfile::tempdir().unwrap();
        fs::create_dir_all(work.path().join(INSTALLED)).unwrap();
        fs::write(work.path().join(LOCK_FILE), "").unwrap();
        work
    }

    fn is_kept(work: &tempfile::TempDir) -> bool {
        let (lock, installed) = (work.path().join(LOCK_FILE).exists(), work.path().join(INSTALLED).exists());
        assert_eq!(lock, installed);
        lock
    }

    #[test]
    fn a_wrapper_is_told_by_what_is_beside_it() {
        let place = tempfile::tempdir().unwrap();
        let (package, profile) = (place.path().join("package"), place.path().join("profile"));
        fs::create_dir_all(package.join("bin")).unwrap();
        fs::create_dir_all(&profile).unwrap();
        fs::write(package.join("bin/tofu"), "").unwrap();
        std::os::unix::fs::symlink(package.join("bin/tofu"), profile.join("tofu")).unwrap();
        assert_eq!(beside(&profile.join("tofu")), None);
        fs::create_dir_all(package.join(DIRECTORY)).unwrap();
        assert_eq!(beside(&profile.join("tofu")), Some(package.canonicalize().unwrap().join(DIRECTORY)));
    }

    #[test]
    fn what_another_wrapper_installed_is_forgotten_and_what_this_one_did_is_kept() {
        let work = work();
        renew(work.path(), None).unwrap();
        assert!(is_kept(&work), "no wrapper before, and none now");
        for plugins in [Some(Path::new("/store/one")), Some(Path::new("/store/two")), None] {
            renew(work.path(), plugins).unwrap();
            assert!(!is_kept(&work), "{plugins:?}");
            fs::create_dir_all(work.path().join(INSTALLED)).unwrap();
            fs::write(work.path().join(LOCK_FILE), "").unwrap();
            renew(work.path(), plugins).unwrap();
            assert!(is_kept(&work), "{plugins:?}");
        }
    }

    #[test]
    fn a_work_directory_that_has_nothing_is_fine() {
        renew(tempfile::tempdir().unwrap().path(), Some(Path::new("/store/one"))).unwrap();
    }
}

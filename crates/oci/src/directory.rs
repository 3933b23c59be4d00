//! Directories that appear complete or not at all.

use std::{
    fs::{self, Permissions},
    io::{self, ErrorKind},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use tempfile::TempDir;

use crate::Error;

/// A temporary directory next to the path where it will appear. Dropping it deletes it.
///
/// Nothing is synced to the disk: a layout or an unpacked root can be built again, and every reader checks digests, so that
/// a crash of the machine is noticed and costs a rebuild. A process that is killed leaves a directory `.driftless-…`
/// behind, which nothing reads.
#[derive(Debug)]
pub struct Staging {
    temp: TempDir,
    target: PathBuf,
}

impl Staging {
    /// Creates a temporary directory that will appear at `target`, and the directories above it.
    pub fn beside(target: &Path) -> Result<Self, Error> {
        // A link is followed, so that the directory it names is replaced and not the link.
        let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
        if target.file_name().is_none() {
            return Err(Error::Nameless { path: target });
        }
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let failed = |source| Error::Write { path: parent.to_owned(), source };
        fs::create_dir_all(parent).map_err(failed)?;
        let temp = tempfile::Builder::new()
            .prefix(".driftless-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in(parent)
            .map_err(failed)?;
        Ok(Self { temp, target })
    }

    /// The temporary directory, to write the content to.
    pub fn path(&self) -> &Path {
        self.temp.path()
    }

    /// Moves the directory to its target, which must not exist or be an empty directory.
    pub fn publish(self) -> Result<(), Error> {
        match fs::rename(self.temp.path(), &self.target) {
            Ok(()) => {
                // It has moved: there is nothing to remove at the old place.
                let _ = self.temp.keep();
                Ok(())
            }
            Err(error) if matches!(error.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists) => {
                Err(Error::exists(self.target))
            }
            Err(source) => Err(Error::Write { path: self.target, source }),
        }
    }

    /// Moves the directory to its target, and deletes the directory that was there.
    pub fn publish_over(self) -> Result<(), Error> {
        let failed = |source| Error::Write { path: self.target.clone(), source };
        match renameat_with(CWD, self.temp.path(), CWD, &self.target, RenameFlags::EXCHANGE) {
            // The old directory has our temporary name now, and goes with it.
            Ok(()) => Ok(()),
            Err(rustix::io::Errno::NOENT) => self.publish(),
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP) => {
                self.swap_in_two_steps().map_err(failed)
            }
            Err(error) => Err(failed(error.into())),
        }
    }

    /// For file systems that cannot exchange two names: the target does not exist for a moment.
    fn swap_in_two_steps(&self) -> io::Result<()> {
        let aside = tempfile::Builder::new()
            .prefix(".driftless-")
            .tempdir_in(self.temp.path().parent().expect("the staging directory was made in its parent"))?;
        let old = aside.path().join("old");
        fs::rename(&self.target, &old)?;
        fs::rename(self.temp.path(), &self.target).inspect_err(|_| {
            // Best effort: the first error is the one to tell.
            let _ = fs::rename(&old, &self.target);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn staged(target: &Path, content: &str) -> Staging {
        let staging = Staging::beside(target).unwrap();
        fs::write(staging.path().join("file"), content).unwrap();
        staging
    }

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_directory_appears_with_its_content_and_leaves_nothing_beside_it() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("a/b");
        staged(&target, "one").publish().unwrap();
        assert_eq!(fs::read_to_string(target.join("file")).unwrap(), "one");
        assert_eq!(names(&root.path().join("a")), ["b"]);
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o700, 0o700);
    }

    #[test]
    fn a_directory_takes_the_place_of_another_in_either_way() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("a");
        staged(&target, "one").publish_over().unwrap();
        staged(&target, "two").publish_over().unwrap();
        assert_eq!(fs::read_to_string(target.join("file")).unwrap(), "two");
        staged(&target, "three").swap_in_two_steps().unwrap();
        assert_eq!(fs::read_to_string(target.join("file")).unwrap(), "three");
        assert_eq!(names(root.path()), ["a"]);
    }

    #[test]
    fn a_full_directory_is_not_replaced_unasked() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("a");
        staged(&target, "one").publish().unwrap();
        assert!(matches!(staged(&target, "two").publish(), Err(Error::Exists { .. })));
        assert_eq!(fs::read_to_string(target.join("file")).unwrap(), "one");
        assert_eq!(names(root.path()), ["a"]);
    }

    #[test]
    fn what_is_dropped_unpublished_is_gone() {
        let root = tempfile::tempdir().unwrap();
        drop(staged(&root.path().join("a"), "one"));
        assert!(names(root.path()).is_empty());
    }
}

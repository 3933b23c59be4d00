//! Whose the files of a service are.

use std::path::Path;

use anyhow::Context;
use rustix::{
    fd::OwnedFd,
    fs::{self, AtFlags, CWD, Dir, FileType, Gid, OFlags, Uid, chownat, openat, statat},
    io::Result,
    path::Arg,
};

use crate::{data_directory::DataDirectory, sandbox::Mode};

/// Gives `path` and everything below it to user and group `ids`, unless it is theirs.
///
/// A task may be changing the tree meanwhile, so that a link is never followed, not even where a directory was.
fn give(path: &Path, ids: (u32, u32)) -> Result<()> {
    give_at(CWD, path, ids)
}

/// Makes the directory that is kept for tasks of `ids`, who own it where tasks are set apart so that they are other users.
pub(crate) fn make_kept(directory: &Path, mode: Mode, ids: (u32, u32)) -> anyhow::Result<()> {
    DataDirectory::make_private(directory)?;
    if mode == Mode::Root {
        give(directory, ids).with_context(|| format!("giving `{}` to the service", directory.display()))?;
    }
    Ok(())
}

fn give_at(directory: impl rustix::fd::AsFd, name: impl Arg + Copy, ids: (u32, u32)) -> Result<()> {
    let found = statat(&directory, name, AtFlags::SYMLINK_NOFOLLOW)?;
    if (found.st_uid, found.st_gid) == ids {
        return Ok(());
    }
    if FileType::from_raw_mode(found.st_mode).is_dir() {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let inner: OwnedFd = openat(&directory, name, flags, fs::Mode::empty())?;
        for entry in Dir::read_from(&inner)? {
            let entry = entry?;
            if ![c".", c".."].contains(&entry.file_name()) {
                give_at(&inner, entry.file_name(), ids)?;
            }
        }
    }
    let (user, group) = (Uid::from_raw(ids.0), Gid::from_raw(ids.1));
    chownat(directory, name, Some(user), Some(group), AtFlags::SYMLINK_NOFOLLOW)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::MetadataExt};

    use super::*;

    #[test]
    fn links_are_given_and_what_they_lead_to_is_not() {
        if !rustix::process::geteuid().is_root() {
            testing::left_out("it needs root");
            return;
        }
        let (host, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(host.path().join("passwd"), "").unwrap();
        fs::create_dir(data.path().join("kept")).unwrap();
        fs::write(data.path().join("kept/items.db"), "").unwrap();
        std::os::unix::fs::symlink(host.path().join("passwd"), data.path().join("file")).unwrap();
        std::os::unix::fs::symlink(host.path(), data.path().join("directory")).unwrap();
        give(data.path(), (65532, 65532)).unwrap();
        let owner = |path: &Path| fs::symlink_metadata(path).unwrap().uid();
        for ours in ["", "kept", "kept/items.db", "file", "directory"] {
            assert_eq!(owner(&data.path().join(ours)), 65532, "{ours}");
        }
        assert_eq!((owner(host.path()), owner(&host.path().join("passwd"))), (0, 0));
    }
}

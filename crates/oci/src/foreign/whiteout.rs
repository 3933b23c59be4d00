//! Whiteouts: entries that remove what lower layers have.

use std::{
    collections::HashSet,
    ffi::{OsStr, OsString},
    io,
    os::{
        fd::OwnedFd,
        unix::ffi::{OsStrExt, OsStringExt},
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, Dir, Mode, OFlags, openat, unlinkat},
    io::Errno,
};

use super::place::{Identity, Place, identity, is_directory};

/// How deep directories are removed: each level takes a descriptor and a part of the stack.
const MAX_DEPTH: usize = 512;

/// What a layer removes of those below it.
pub(super) enum Whiteout {
    /// The file or directory at this path.
    Path(PathBuf),
    /// Everything in this directory, but not itself.
    Inside(PathBuf),
    /// Notes of a file system that nobody else reads.
    Nothing,
}

/// What of the root is of lower layers than the one that is being extracted: all but what that one has made.
pub(super) struct Lower(HashSet<Identity>);

impl Lower {
    pub(super) fn new() -> Self {
        Self(HashSet::new())
    }

    pub(super) fn is_upper(&mut self, made: Identity) {
        self.0.insert(made);
    }
}

impl Whiteout {
    /// The whiteout that `path` is, if it is one: <https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts>
    pub(super) fn of(path: &Path) -> Option<Self> {
        let hidden = path.file_name()?.as_bytes().strip_prefix(b".wh.")?;
        let above = path.parent().unwrap_or(Path::new(""));
        Some(match hidden {
            b".wh..opq" => Self::Inside(above.to_owned()),
            b"" | b"." | b".." => Self::Nothing,
            other if other.starts_with(b".wh.") => Self::Nothing,
            other => Self::Path(above.join(OsString::from_vec(other.to_owned()))),
        })
    }

    /// Removes it, but what this layer itself has made.
    pub(super) fn apply(&self, place: &Place, lower: &Lower) -> io::Result<()> {
        let keep = |found: &Identity| lower.0.contains(found);
        let within = |path: &Path| match place.directory(path) {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            other => other.map(Some),
        };
        match self {
            Self::Nothing => Ok(()),
            Self::Inside(path) => within(path)?.map_or(Ok(()), |directory| empty(&directory, &keep, 0).map(drop)),
            Self::Path(path) => match (within(path.parent().unwrap_or(Path::new("")))?, path.file_name()) {
                (Some(above), Some(name)) => remove_but(&above, name, &keep, 0).map(drop),
                _ => Ok(()),
            },
        }
    }
}

/// Removes what is at `name` in the directory `above`, with everything in it, if it is there.
pub(super) fn remove(above: &OwnedFd, name: &OsStr) -> io::Result<()> {
    remove_but(above, name, &|_| false, 0).map(drop)
}

/// Removes what is at `name`, but what is to be kept and the directories above that. True if something stays.
fn remove_but(above: &OwnedFd, name: &OsStr, keep: &dyn Fn(&Identity) -> bool, depth: usize) -> io::Result<bool> {
    let found = match identity(above, name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        other => other?,
    };
    let mut stays = keep(&found);
    let directory = is_directory(above, name)?;
    if directory {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        stays |= empty(&openat(above, name, flags, Mode::empty())?, keep, depth + 1)?;
    }
    if !stays {
        unlinkat(above, name, if directory { AtFlags::REMOVEDIR } else { AtFlags::empty() })?;
    }
    Ok(stays)
}

/// The same of everything in `directory`.
fn empty(directory: &OwnedFd, keep: &dyn Fn(&Identity) -> bool, depth: usize) -> io::Result<bool> {
    if depth > MAX_DEPTH {
        return Err(Errno::NAMETOOLONG.into());
    }
    let mut stays = false;
    // All names first: what is removed while a directory is read may hide others.
    let names: Vec<OsString> = Dir::read_from(directory)?
        .map(|entry| Ok(OsStr::from_bytes(entry?.file_name().to_bytes()).to_owned()))
        .collect::<rustix::io::Result<_>>()?;
    for name in names.iter().filter(|name| *name != "." && *name != "..") {
        stays |= remove_but(directory, name, keep, depth)?;
    }
    Ok(stays)
}

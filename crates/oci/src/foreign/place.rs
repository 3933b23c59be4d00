//! A directory in which every path is resolved as if it were the root.

use std::{ffi::OsStr, io, os::fd::OwnedFd, path::Path};

use rustix::{
    fs::{AtFlags, FileType, Mode, OFlags, mkdirat, open, statat},
    io::Errno,
};

/// What a file is, whatever its names: its device and its number there.
pub(super) type Identity = (u64, u64);

/// The directory.
pub(super) struct Place(OwnedFd);

const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

impl Place {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(open(path, DIRECTORY, Mode::empty())?))
    }

    /// Opens the directory at `path`, which is relative. Links are followed, but not out of this place.
    #[cfg(target_os = "linux")]
    pub(super) fn directory(&self, path: &Path) -> io::Result<OwnedFd> {
        use rustix::fs::{ResolveFlags, openat2};
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        loop {
            match openat2(&self.0, path, DIRECTORY, Mode::empty(), resolve) {
                // Something was renamed meanwhile, somewhere on the machine.
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(Errno::NOSYS) => return Err(io::Error::other("it takes Linux 5.6, of which `openat2` is")),
                other => return Ok(other?),
            }
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn directory(&self, _: &Path) -> io::Result<OwnedFd> {
        Err(io::Error::other("images of other builders are unpacked on Linux alone"))
    }

    /// Opens the directory at `path`, and makes it and those above it where they are missing.
    pub(super) fn make(&self, path: &Path) -> io::Result<OwnedFd> {
        match (self.directory(path), path.parent().zip(path.file_name())) {
            (Err(error), Some((above, name))) if error.kind() == io::ErrorKind::NotFound => {
                // What is there and leads nowhere stays an error.
                mkdirat(self.make(above)?, name, Mode::from_raw_mode(0o755))?;
                self.directory(path)
            }
            (opened, _) => opened,
        }
    }
}

/// What is at `name` in the directory `above`, itself and not where it leads.
pub(super) fn identity(above: &OwnedFd, name: &OsStr) -> io::Result<Identity> {
    let found = statat(above, name, AtFlags::SYMLINK_NOFOLLOW)?;
    #[allow(clippy::unnecessary_cast, clippy::cast_sign_loss, reason = "systems have other types for it")]
    Ok((found.st_dev as u64, found.st_ino as u64))
}

pub(super) fn is_directory(above: &OwnedFd, name: &OsStr) -> io::Result<bool> {
    match statat(above, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(found) => Ok(FileType::from_raw_mode(found.st_mode).is_dir()),
        Err(Errno::NOENT) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

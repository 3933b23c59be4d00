//! The address of the control socket: a path of any depth.
//!
//! The kernel takes at most 107 bytes. A longer path is reached through its directory's descriptor.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

#[cfg(target_os = "linux")]
const LONGEST: usize = 107;
#[cfg(not(target_os = "linux"))]
const LONGEST: usize = 103;

/// A path that fits, for as long as this exists.
pub(super) struct Address {
    path: PathBuf,
    _directory: Option<File>,
}

impl Address {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        if path.as_os_str().len() <= LONGEST {
            return Ok(Self { path: path.to_owned(), _directory: None });
        }
        let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::Error::other("the path has no directory"));
        };
        if !cfg!(target_os = "linux") {
            return Err(io::Error::other(format!(
                "the path is longer than {LONGEST} bytes: choose a shorter directory with `--data`"
            )));
        }
        let directory = File::open(directory)?;
        let number = std::os::fd::AsRawFd::as_raw_fd(&directory);
        let path = PathBuf::from(format!("/proc/self/fd/{number}")).join(name);
        Ok(Self { path, _directory: Some(directory) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

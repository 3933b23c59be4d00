//! This program, as a file in memory that nobody can change.
//!
//! A task that gets hold of the program that started it, as `/proc/self/exe` of a process that is not yet the service,
//! could write to it (CVE-2019-5736). What it gets hold of is this copy.

use std::{
    fs::File,
    io,
    os::fd::AsRawFd,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use anyhow::Context;
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

/// Made once, and kept open as long as this process lives.
static COPY: Mutex<Option<File>> = Mutex::new(None);

/// Where a process that this one starts finds the copy.
pub(super) fn program() -> anyhow::Result<PathBuf> {
    let mut copy = COPY.lock().unwrap_or_else(PoisonError::into_inner);
    let file = match copy.take() {
        Some(file) => file,
        None => seal().context("copying this program to memory")?,
    };
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    *copy = Some(file);
    Ok(path)
}

fn seal() -> io::Result<File> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let mut copy = File::from(memfd_create("driftless", flags)?);
    io::copy(&mut File::open("/proc/self/exe")?, &mut copy)?;
    fcntl_add_seals(&copy, SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE)?;
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use std::{fs::File, io::Write};

    use rustix::io::Errno;

    use super::*;

    #[test]
    fn the_copy_is_this_program_and_takes_no_other_byte() {
        let path = program().unwrap();
        assert_eq!(path, program().unwrap(), "it is made once");
        let is_same = std::fs::read(&path).unwrap() == std::fs::read("/proc/self/exe").unwrap();
        assert!(is_same);
        let written = File::options().write(true).open(&path).and_then(|mut copy| copy.write_all(b"x"));
        assert_eq!(written.map_err(|error| error.raw_os_error()), Err(Some(Errno::PERM.raw_os_error())));
        let cut = File::options().write(true).truncate(true).open(&path);
        assert_eq!(cut.map_err(|error| error.raw_os_error()).err(), Some(Some(Errno::PERM.raw_os_error())));
    }
}

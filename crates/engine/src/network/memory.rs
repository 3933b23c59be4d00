//! Memory of the programs in a network.

use std::{fs, io, os::unix::fs::MetadataExt, path::Path};

/// Bytes that the programs hold together whose network has this number, those that start and watch a task apart. What they share
/// counts once for each.
pub(super) fn of_network(number: u64) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir("/proc")? {
        let directory = entry?.path();
        let is_there = fs::metadata(directory.join("ns/net")).is_ok_and(|network| network.ino() == number);
        if is_there && !is_ours(&directory) {
            bytes += resident(&directory).unwrap_or_default();
        }
    }
    Ok(bytes)
}

/// Whether it is the first process of the task, which is this very program.
fn is_ours(process: &Path) -> bool {
    let command = fs::read(process.join("cmdline")).unwrap_or_default();
    command.split(|byte| *byte == 0).nth(1) == Some(crate::TASK_INIT.as_bytes())
}

/// The resident pages of a process that may have ended, in bytes.
fn resident(process: &Path) -> Option<u64> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? << 10)
}

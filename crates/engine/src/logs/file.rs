//! A log file that is rotated by size.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::Serialize;

use super::{Record, Stream};

/// Bytes after which a file is rotated.
const ROTATE_AT: u64 = 10 << 20;
/// Files of a service, the one being written included.
pub(super) const FILES: usize = 3;

/// The file being written; `<path>.1` is the one before it, `<path>.2` the one before that.
pub(super) struct LogFile {
    path: PathBuf,
    file: File,
    size: u64,
    rotate_at: u64,
}

/// A record as it is in the file.
#[derive(Serialize)]
struct Kept<'a> {
    time: jiff::Timestamp,
    task: &'a str,
    stream: Stream,
    line: &'a str,
}

impl LogFile {
    pub(super) fn open(path: PathBuf) -> anyhow::Result<Self> {
        Self::rotating(path, ROTATE_AT)
    }

    fn rotating(path: PathBuf, rotate_at: u64) -> anyhow::Result<Self> {
        let (file, size) = open(&path).with_context(|| format!("opening `{}`", path.display()))?;
        Ok(Self { path, file, size, rotate_at })
    }

    pub(super) fn append(&mut self, records: &[Record]) -> io::Result<()> {
        let mut text = Vec::new();
        for Record { time, task, stream, line, .. } in records {
            serde_json::to_writer(&mut text, &Kept { time: *time, task, stream: *stream, line })?;
            text.push(b'\n');
        }
        if self.size > 0 && self.size + text.len() as u64 > self.rotate_at {
            self.rotate()?;
        }
        self.file.write_all(&text)?;
        self.size += text.len() as u64;
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        for number in (1..FILES).rev() {
            match fs::rename(rotated(&self.path, number - 1), rotated(&self.path, number)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        (self.file, self.size) = open(&self.path)?;
        Ok(())
    }
}

/// The `number`th file, counted back from the one being written.
pub(super) fn rotated(path: &Path, number: usize) -> PathBuf {
    if number == 0 { path.to_owned() } else { path.with_extension(format!("log.{number}")) }
}

fn open(path: &Path) -> io::Result<(File, u64)> {
    let file = File::options().create(true).append(true).open(path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keeps_three_files_of_bounded_size_and_forgets_the_oldest_lines() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("backend.log");
        let mut log = LogFile::rotating(path.clone(), 1000).unwrap();
        for number in 0..100 {
            let record = Record {
                time: "2026-11-23T10:00:00Z".parse().unwrap(),
                service: "backend".to_owned(),
                task: "backend-1".to_owned(),
                stream: Stream::Stdout,
                line: format!("line {number}"),
            };
            log.append(&[record]).unwrap();
        }
        let sizes: Vec<_> = (0..FILES).map(|number| fs::metadata(rotated(&path, number)).unwrap().len()).collect();
        assert!(sizes.iter().all(|size| (1..=1000).contains(size)), "{sizes:?}");
        assert!(!rotated(&path, FILES).exists());
        assert!(fs::read_to_string(&path).unwrap().ends_with("\"line\":\"line 99\"}\n"));
    }
}

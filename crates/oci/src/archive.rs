//! Writes layers as tar archives: ustar, sorted, numeric ids, constant times.

use std::{
    io::{self, Read, Write},
    path::Path,
};

use crate::{Error, document::Input};

/// One file or directory of a layer, owned by root.
pub(crate) struct Entry<'a> {
    /// Relative to the image's root; a directory's ends in `/`. At most 100 bytes.
    pub(crate) path: &'static str,
    pub(crate) mode: u32,
    pub(crate) content: Content<'a>,
}

/// The content of an [`Entry`].
#[derive(Clone, Copy)]
pub(crate) enum Content<'a> {
    /// For directories.
    None,
    Bytes(&'a [u8]),
    /// Read while the archive is written, so that a large program is never in memory.
    File(&'a Input),
}

/// A tar archive, in the order in which it is written.
pub(crate) struct Archive<'a>(Vec<Entry<'a>>);

/// Size of a tar block in bytes.
const BLOCK: u64 = 512;

/// Bytes of zeros at the end of an archive.
const END: u64 = 2 * BLOCK;

/// Seconds since 1970 of every file. Not `SOURCE_DATE_EPOCH`, which differs between builders.
const MTIME: u64 = 0;

/// Bytes read from a file at a time.
const CHUNK: usize = 256 << 10;

impl<'a> Archive<'a> {
    /// Sorts `entries` by path.
    pub(crate) fn of(mut entries: Vec<Entry<'a>>) -> Self {
        entries.sort_by_key(|entry| entry.path);
        Self(entries)
    }

    /// The archive's size in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.0.iter().map(|entry| BLOCK + entry.content.size().next_multiple_of(BLOCK)).sum::<u64>() + END
    }

    /// Writes the archive to `out`; `path` is for errors.
    pub(crate) fn write(&self, out: &mut impl Write, path: &Path) -> Result<(), Error> {
        let failed = |source| Error::Write { path: path.to_owned(), source };
        for entry in &self.0 {
            out.write_all(header(entry).as_bytes()).map_err(failed)?;
            match entry.content {
                Content::None => {}
                Content::Bytes(bytes) => out.write_all(bytes).map_err(failed)?,
                Content::File(input) => copy(input, out, failed)?,
            }
            let size = entry.content.size();
            zeros(out, size.next_multiple_of(BLOCK) - size).map_err(failed)?;
        }
        zeros(out, END).map_err(failed)
    }
}

impl Content<'_> {
    fn size(self) -> u64 {
        match self {
            Self::None => 0,
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File(input) => input.size,
        }
    }
}

/// Copies a file. Its size is in the archive already: an error if the file has changed since.
fn copy(input: &Input, out: &mut impl Write, failed: impl Fn(io::Error) -> Error) -> Result<(), Error> {
    let mut chunk = Vec::with_capacity(CHUNK);
    let mut left = input.size;
    loop {
        // Whole chunks, however little a read gives: gzip's output depends on how its input is cut.
        chunk.clear();
        let read = (&input.file).take(CHUNK as u64).read_to_end(&mut chunk).map_err(|source| input.error(source))?;
        let changed = || input.error(io::Error::other("it changed while it was read"));
        left = left.checked_sub(read as u64).ok_or_else(changed)?;
        match (read, left) {
            (0, 0) => return Ok(()),
            (0, _) => return Err(changed()),
            _ => out.write_all(&chunk).map_err(&failed)?,
        }
    }
}

fn zeros(out: &mut impl Write, count: u64) -> io::Result<()> {
    io::copy(&mut io::repeat(0).take(count), out).map(drop)
}

fn header(entry: &Entry<'_>) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_path(entry.path).expect("the paths of our layers are relative and shorter than 100 bytes");
    let directory = entry.path.ends_with('/');
    header.set_entry_type(if directory { tar::EntryType::Directory } else { tar::EntryType::Regular });
    header.set_mode(entry.mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(entry.content.size());
    header.set_mtime(MTIME);
    header.set_device_major(0).expect("a ustar header has the field");
    header.set_device_minor(0).expect("a ustar header has the field");
    header.set_cksum();
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::open_input;

    #[test]
    fn an_archive_is_sorted_padded_and_ended() {
        let archive = Archive::of(vec![
            Entry { path: "etc/group", mode: 0o644, content: Content::Bytes(b"root:x:0:\n") },
            Entry { path: "etc/", mode: 0o755, content: Content::None },
        ]);
        let mut bytes = Vec::new();
        archive.write(&mut bytes, Path::new("layer")).unwrap();
        assert_eq!(bytes.len() as u64, archive.size());
        assert_eq!(bytes.len(), 512 + 512 + 512 + 1024);
        let mut read = tar::Archive::new(&bytes[..]);
        let seen: Vec<_> = read
            .entries()
            .unwrap()
            .map(|entry| {
                let header = entry.unwrap().header().clone();
                let path = header.path().unwrap().to_str().unwrap().to_owned();
                (path, header.mode().unwrap(), header.mtime().unwrap(), header.uid().unwrap())
            })
            .collect();
        assert_eq!(seen, [("etc/".to_owned(), 0o755, 0, 0), ("etc/group".to_owned(), 0o644, 0, 0)]);
    }

    #[test]
    fn a_file_that_changes_while_it_is_packed_is_refused() {
        for change in ["", "longer than it was"] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("app");
            std::fs::write(&path, "program").unwrap();
            let input = open_input(&path, 100).unwrap();
            std::fs::write(&path, change).unwrap();
            let archive = Archive::of(vec![Entry { path: "app", mode: 0o555, content: Content::File(&input) }]);
            let error = archive.write(&mut Vec::new(), Path::new("layer")).unwrap_err();
            assert!(
                matches!(error, Error::Read { source, .. } if source.to_string() == "it changed while it was read")
            );
        }
    }
}

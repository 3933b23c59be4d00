//! Writes layers as tar archives: ustar, sorted, numeric ids, constant times. What is too long for ustar has a header of pax
//! before it.

use std::{
    borrow::Cow,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use crate::{
    Error,
    document::{Input, open_input},
};

/// One file, directory or link of a layer, owned by root.
pub(crate) struct Entry<'a> {
    /// Relative to the image's root; a directory's ends in `/`.
    pub(crate) path: Cow<'static, str>,
    pub(crate) mode: u32,
    pub(crate) content: Content<'a>,
}

/// The content of an [`Entry`].
#[derive(Clone)]
pub(crate) enum Content<'a> {
    /// For directories.
    None,
    Bytes(&'a [u8]),
    /// Read while the archive is written, so that a large program is never in memory.
    File(&'a Input),
    /// A file of so many bytes, which is opened while the archive is written.
    Path(PathBuf, u64),
    /// A symbolic link to this target.
    Link(String),
}

/// A tar archive, in the order in which it is written.
pub(crate) struct Archive<'a> {
    entries: Vec<Entry<'a>>,
    mtime: u64,
}

/// Size of a tar block in bytes.
const BLOCK: u64 = 512;

/// Bytes of zeros at the end of an archive.
const END: u64 = 2 * BLOCK;

/// Seconds since 1970 of every file, where nothing reads them. Not `SOURCE_DATE_EPOCH`, which differs between builders.
const MTIME: u64 = 0;

/// Bytes read from a file at a time.
const CHUNK: usize = 256 << 10;

impl<'a> Archive<'a> {
    /// Sorts `entries` by path.
    pub(crate) fn of(entries: Vec<Entry<'a>>) -> Self {
        Self::at(MTIME, entries)
    }

    /// The same, with files of the time `mtime`.
    pub(crate) fn at(mtime: u64, mut entries: Vec<Entry<'a>>) -> Self {
        entries.sort_by(|left, right| left.path.cmp(&right.path));
        Self { entries, mtime }
    }

    /// The archive's size in bytes.
    pub(crate) fn size(&self) -> u64 {
        let content = |entry: &Entry<'_>| BLOCK + entry.content.size().next_multiple_of(BLOCK);
        self.entries.iter().map(|entry| extension(entry).len() as u64 + content(entry)).sum::<u64>() + END
    }

    /// Writes the archive to `out`; `path` is for errors.
    pub(crate) fn write(&self, out: &mut impl Write, path: &Path) -> Result<(), Error> {
        let failed = |source| Error::Write { path: path.to_owned(), source };
        for entry in &self.entries {
            out.write_all(&extension(entry)).map_err(failed)?;
            out.write_all(header(entry, self.mtime).as_bytes()).map_err(failed)?;
            match &entry.content {
                Content::None | Content::Link(_) => {}
                Content::Bytes(bytes) => out.write_all(bytes).map_err(failed)?,
                Content::File(input) => copy(input, out, failed)?,
                Content::Path(path, size) => {
                    let input = open_input(path, *size)?;
                    if input.size != *size {
                        return Err(input.error(io::Error::other("it changed while it was read")));
                    }
                    copy(&input, out, failed)?;
                }
            }
            let size = entry.content.size();
            zeros(out, size.next_multiple_of(BLOCK) - size).map_err(failed)?;
        }
        zeros(out, END).map_err(failed)
    }
}

impl Content<'_> {
    fn size(&self) -> u64 {
        match self {
            Self::None | Self::Link(_) => 0,
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File(input) => input.size,
            Self::Path(_, size) => *size,
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

/// Largest target of a link in a header of ustar.
const TARGET: usize = 100;

/// The header of pax, and its records, that an entry needs: none if everything fits into its own header.
fn extension(entry: &Entry<'_>) -> Vec<u8> {
    let mut records = Vec::new();
    if tar::Header::new_ustar().set_path(&*entry.path).is_err() {
        records.extend(record("path", &entry.path));
    }
    if let Content::Link(target) = &entry.content
        && target.len() > TARGET
    {
        records.extend(record("linkpath", target));
    }
    if records.is_empty() {
        return records;
    }
    let mut header = tar::Header::new_ustar();
    header.set_path("pax").expect("it is short");
    header.set_entry_type(tar::EntryType::XHeader);
    fill(&mut header, 0o644, records.len() as u64, MTIME);
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend(records);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// `LENGTH KEY=VALUE` and a line feed, where the length counts all of that, itself included.
fn record(key: &str, value: &str) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let mut length = rest;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    format!("{length} {key}={value}\n").into_bytes()
}

fn header(entry: &Entry<'_>, mtime: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    if header.set_path(&*entry.path).is_err() {
        // The real one is in the extension.
        header.set_path("long").expect("it is short");
    }
    header.set_entry_type(match &entry.content {
        Content::Link(_) => tar::EntryType::Symlink,
        _ if entry.path.ends_with('/') => tar::EntryType::Directory,
        _ => tar::EntryType::Regular,
    });
    if let Content::Link(target) = &entry.content {
        // As it is: the library would take a `.` out of it.
        let short = if target.len() > TARGET { "long" } else { target };
        header.as_old_mut().linkname[..short.len()].copy_from_slice(short.as_bytes());
    }
    fill(&mut header, entry.mode, entry.content.size(), mtime);
    header
}

fn fill(header: &mut tar::Header, mode: u32, size: u64, mtime: u64) {
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(size);
    header.set_mtime(mtime);
    header.set_device_major(0).expect("a ustar header has the field");
    header.set_device_minor(0).expect("a ustar header has the field");
    header.set_cksum();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::open_input;

    #[test]
    fn an_archive_is_sorted_padded_and_ended() {
        let archive = Archive::of(vec![
            Entry { path: "etc/group".into(), mode: 0o644, content: Content::Bytes(b"root:x:0:\n") },
            Entry { path: "etc/".into(), mode: 0o755, content: Content::None },
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
            let archive = Archive::of(vec![Entry { path: "app".into(), mode: 0o555, content: Content::File(&input) }]);
            let error = archive.write(&mut Vec::new(), Path::new("layer")).unwrap_err();
            assert!(
                matches!(error, Error::Read { source, .. } if source.to_string() == "it changed while it was read")
            );
        }
    }
}

//! Writes layers as tar archives: ustar, sorted, numeric ids, constant times.

use std::borrow::Cow;

/// One file or directory of a layer, owned by root.
pub(crate) struct Entry<'a> {
    /// Relative to the image's root; a directory's ends in `/`. At most 100 bytes.
    pub(crate) path: &'static str,
    pub(crate) mode: u32,
    /// Empty for a directory.
    pub(crate) content: &'a [u8],
}

/// A tar archive in pieces, so that large files need not be copied into it.
pub(crate) struct Archive<'a>(Vec<Cow<'a, [u8]>>);

/// Tar counts in these.
const BLOCK: usize = 512;

/// Seconds since 1970 of every file. Not `SOURCE_DATE_EPOCH`, which differs between builders.
const MTIME: u64 = 0;

impl<'a> Archive<'a> {
    /// An archive of `entries`, in the order of their paths.
    pub(crate) fn of(mut entries: Vec<Entry<'a>>) -> Self {
        entries.sort_by_key(|entry| entry.path);
        let mut pieces = Vec::with_capacity(entries.len() * 3 + 1);
        for entry in entries {
            pieces.push(Cow::Owned(header(&entry).as_bytes().to_vec()));
            pieces.push(Cow::Borrowed(entry.content));
            pieces.push(Cow::Owned(vec![0; entry.content.len().next_multiple_of(BLOCK) - entry.content.len()]));
        }
        pieces.push(Cow::Owned(vec![0; 2 * BLOCK]));
        Self(pieces)
    }

    /// The archive's bytes, in order.
    pub(crate) fn chunks(&self) -> Vec<&[u8]> {
        self.0.iter().map(AsRef::as_ref).collect()
    }
}

fn header(entry: &Entry<'_>) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_path(entry.path).expect("the paths of our layers are relative and shorter than 100 bytes");
    let directory = entry.path.ends_with('/');
    header.set_entry_type(if directory { tar::EntryType::Directory } else { tar::EntryType::Regular });
    header.set_mode(entry.mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(entry.content.len() as u64);
    header.set_mtime(MTIME);
    header.set_device_major(0).expect("a ustar header has the field");
    header.set_device_minor(0).expect("a ustar header has the field");
    header.set_cksum();
    header
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_archive_is_sorted_padded_and_ended() {
        let archive = Archive::of(vec![
            Entry { path: "etc/group", mode: 0o644, content: b"root:x:0:\n" },
            Entry { path: "etc/", mode: 0o755, content: b"" },
        ]);
        let bytes = archive.chunks().concat();
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
}

//! The members of a layer as any builder writes it: ustar, pax, GNU tar's and older formats.
//!
//! [`File`](super::File) is stricter: it is for the layers that Driftless writes.

use std::{
    ffi::OsString,
    io::{self, Read},
    os::unix::ffi::OsStringExt,
    path::{Component, PathBuf},
};

use super::{extended::Extended, header};
use crate::Error;

/// A file, directory or link of a layer, or something that a root has none of.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// Relative to the image's root, without `.` and `..`; empty for the root itself.
    pub(crate) path: PathBuf,
    pub(crate) kind: Kind,
    /// All twelve bits.
    pub(crate) mode: u32,
    pub(crate) uid: u64,
    pub(crate) gid: u64,
    /// Bytes of content.
    pub(crate) size: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Directory,
    File,
    /// With the target as it is written: it may lead anywhere.
    Symlink(OsString),
    /// With the path of the file that it is another name of, like [`Member::path`].
    Hardlink(PathBuf),
    /// A device or a pipe.
    Special,
}

/// Passes the members of a tar archive and their contents to `visit`, whose error ends the reading. The other error is of
/// the archive itself.
pub(crate) fn members(
    archive: &mut dyn Read,
    mut visit: impl FnMut(Member, &mut dyn Read) -> Result<(), Error>,
) -> Result<io::Result<()>, Error> {
    let mut visited = Ok(());
    let read = read(archive, &mut |member, content| {
        visited = visit(member, content);
        visited.is_ok()
    });
    visited.map(|()| read)
}

fn read(archive: &mut dyn Read, visit: &mut dyn FnMut(Member, &mut dyn Read) -> bool) -> io::Result<()> {
    let mut extended = Extended::default();
    while let Some(header) = header::next(archive)? {
        let kind = header.entry_type();
        let size = match extended.size {
            // No content follows these, whatever they say.
            _ if is_bare(kind) => 0,
            Some(size) if !is_extension(kind) => size,
            _ => header.entry_size()?,
        };
        let mut content = archive.take(size);
        match kind {
            tar::EntryType::GNULongName => extended.path = Some(Extended::long_name(&mut content, size)?),
            tar::EntryType::GNULongLink => extended.link = Some(Extended::long_name(&mut content, size)?),
            tar::EntryType::XHeader => extended.pax(&mut content, size)?,
            // For all that follows: a comment, as Git writes it.
            tar::EntryType::XGlobalHeader => {}
            _ => {
                let member = Member::of(&header, std::mem::take(&mut extended), size)?;
                if !visit(member, &mut content) {
                    return Ok(());
                }
            }
        }
        let padding = size.wrapping_neg() % header::BLOCK as u64;
        let rest = content.limit().checked_add(padding).ok_or_else(|| io::Error::other("an entry is too large"))?;
        if io::copy(&mut archive.take(rest), &mut io::sink())? != rest {
            return Err(io::Error::other("the archive ends in the middle of an entry"));
        }
    }
    Ok(())
}

fn is_bare(kind: tar::EntryType) -> bool {
    kind.is_dir() || kind.is_symlink() || kind.is_hard_link() || is_special(kind)
}

fn is_special(kind: tar::EntryType) -> bool {
    kind.is_character_special() || kind.is_block_special() || kind.is_fifo()
}

fn is_extension(kind: tar::EntryType) -> bool {
    kind.is_gnu_longname()
        || kind.is_gnu_longlink()
        || kind.is_pax_local_extensions()
        || kind.is_pax_global_extensions()
}

impl Member {
    fn of(header: &tar::Header, extended: Extended, size: u64) -> io::Result<Self> {
        let raw = extended.path.unwrap_or_else(|| header.path_bytes().into_owned());
        let target =
            extended.link.or_else(|| header.link_name_bytes().map(std::borrow::Cow::into_owned)).unwrap_or_default();
        let kind = match header.entry_type() {
            // What older formats write for both.
            tar::EntryType::Regular if raw.ends_with(b"/") => Kind::Directory,
            tar::EntryType::Regular | tar::EntryType::Continuous => Kind::File,
            tar::EntryType::Directory => Kind::Directory,
            tar::EntryType::Symlink => Kind::Symlink(OsString::from_vec(target)),
            tar::EntryType::Link => Kind::Hardlink(inside(target)?),
            kind if is_special(kind) => Kind::Special,
            other => {
                let kind = other.as_byte().escape_ascii();
                return Err(damaged(&raw, &format!("has the type `{kind}`, which is not supported")));
            }
        };
        let old = header.as_old();
        let mode = header.mode()? & 0o7777;
        let uid = extended.uid.map_or_else(|| number(&old.uid, || header.uid()), Ok)?;
        let gid = extended.gid.map_or_else(|| number(&old.gid, || header.gid()), Ok)?;
        Ok(Self { path: inside(raw)?, kind, mode, uid, gid, size })
    }
}

/// The number in `field`, which some builders leave out.
fn number(field: &[u8], parsed: impl FnOnce() -> io::Result<u64>) -> io::Result<u64> {
    if field.iter().all(|byte| matches!(byte, 0 | b' ')) { Ok(0) } else { parsed() }
}

/// The path without `.`, relative to the root; an error if it climbs.
fn inside(raw: Vec<u8>) -> io::Result<PathBuf> {
    if raw.contains(&0) {
        return Err(damaged(&raw, "has a NUL in its path"));
    }
    let path = PathBuf::from(OsString::from_vec(raw));
    let mut inside = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => inside.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
            Component::ParentDir => return Err(damaged(path.as_os_str().as_encoded_bytes(), "has `..` in its path")),
        }
    }
    Ok(inside)
}

fn damaged(path: &[u8], reason: &str) -> io::Error {
    io::Error::other(format!("entry `{}` {reason}", path.escape_ascii()))
}

//! The entries of a layer, and which of them are safe to extract.

use std::{
    ffi::OsStr,
    path::{Component, Path},
};

use serde::{Serialize, Serializer};

use super::{Kind, Member, header};

/// Where the byte is in a header that says what an entry is.
const TYPE: usize = 156;

/// What the system mounts over an image.
const SYSTEM: [&str; 3] = ["dev", "proc", "sys"];

/// A file, directory or link of a layer. Its path and target stay inside the image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// Relative to the image's root, without `.` and `..`; empty for the root itself.
    pub path: String,
    /// Directory, file or link.
    #[serde(flatten)]
    pub kind: FileKind,
    /// Permission bits, without set-user-id and set-group-id. In JSON `0755`.
    #[serde(serialize_with = "octal")]
    pub mode: u32,
    /// The user id in the archive.
    pub uid: u64,
    /// The group id in the archive.
    pub gid: u64,
    /// Bytes of content; 0 unless it is a regular file.
    pub size: u64,
}

/// The kind of a [`File`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum FileKind {
    /// It has no content.
    Directory,
    /// A regular file; its content follows in the archive.
    File,
    /// A symbolic link that stays in the image.
    Symlink {
        /// In images of Driftless a relative path: any number of `..`, then names.
        target: String,
    },
    /// A device or a pipe, which no image of Driftless has.
    Special,
    /// A hard link: another name of a file in the image.
    Hardlink {
        /// The path of that file, relative to the root of the image.
        target: String,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn octal<S: Serializer>(mode: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{mode:04o}"))
}

/// An entry that must not be extracted.
pub(crate) struct Refused {
    /// The path, with control characters escaped.
    pub(crate) entry: String,
    /// Why, as the rest of a sentence that starts with the entry.
    pub(crate) reason: String,
}

impl From<Member> for File {
    /// As it is listed: of an image of any builder.
    fn from(member: Member) -> Self {
        let Member { path, kind, mode, uid, gid, size } = member;
        let kind = match kind {
            Kind::Directory => FileKind::Directory,
            Kind::File => FileKind::File,
            Kind::Symlink(target) => FileKind::Symlink { target: shown(&target) },
            Kind::Hardlink(target) => FileKind::Hardlink { target: shown(target.as_os_str()) },
            Kind::Special => FileKind::Special,
        };
        Self { path: shown(path.as_os_str()), kind, mode, uid, gid, size }
    }
}

/// The text, with escapes for what a terminal would act on.
fn shown(text: &OsStr) -> String {
    let text = text.to_string_lossy();
    if text.chars().any(char::is_control) { text.escape_debug().to_string() } else { text.into_owned() }
}

impl File {
    /// Parses and checks the header of an entry.
    pub(crate) fn of(header: &tar::Header) -> Result<Self, Refused> {
        let raw = header.path_bytes();
        if let Some(reason) = header::ambiguity(header) {
            return Err(Refused { entry: raw.escape_ascii().to_string(), reason });
        }
        let refused = |reason: String| Refused { entry: raw.escape_ascii().to_string(), reason };
        let number = |what: &str, value: std::io::Result<u64>| {
            value.map_err(|error| refused(format!("has an unreadable {what}: {error}")))
        };
        let path = inside(&raw).map_err(|reason| refused(reason.to_owned()))?;
        let kind = kind(header, &path).map_err(refused)?;
        if path.is_empty() && kind != FileKind::Directory {
            return Err(refused("has no name".to_owned()));
        }
        if kind != FileKind::Directory && (raw.ends_with(b"/") || raw.ends_with(b"/.")) {
            return Err(refused("has a path of a directory, and is none".to_owned()));
        }
        if let Some(system) = of_system(&path, &kind) {
            return Err(refused(format!("is in `/{system}`, which is the system's when the program runs")));
        }
        let mode = header.mode().map_err(|error| refused(format!("has an unreadable mode: {error}")))?;
        if mode & 0o6000 != 0 {
            return Err(refused(format!("has the mode {mode:04o}: set-user-id and set-group-id are refused")));
        }
        let (uid, gid) = (number("owner", header.uid())?, number("group", header.gid())?);
        let size = number("size", header.entry_size())?;
        if size != 0 && kind != FileKind::File {
            return Err(refused(format!("has {size} bytes of content, which only a regular file may have")));
        }
        Ok(Self { path, kind, mode: mode & 0o7777, uid, gid, size })
    }
}

fn kind(header: &tar::Header, path: &str) -> Result<FileKind, String> {
    let target = || header.link_name_bytes().unwrap_or_default();
    match header.entry_type() {
        // Some readers see a directory in it if its name ends in `/`.
        _ if header.as_bytes()[TYPE] == 0 => Err("has the type of an older format than ustar".to_owned()),
        tar::EntryType::Regular => Ok(FileKind::File),
        tar::EntryType::Directory => Ok(FileKind::Directory),
        tar::EntryType::Symlink => symlink(path, &target()).map(|target| FileKind::Symlink { target }),
        tar::EntryType::Link => match inside(&target()) {
            Ok(target) if !target.is_empty() => Ok(FileKind::Hardlink { target }),
            _ => Err(format!("is a hard link to `{}`, which is not a file in the image", target().escape_ascii())),
        },
        tar::EntryType::Char | tar::EntryType::Block => Err("is a device".to_owned()),
        tar::EntryType::Fifo => Err("is a named pipe".to_owned()),
        // The extensions of pax and GNU could rename what follows them; our layers are plain ustar.
        other => Err(format!("has the type `{}`, which is not supported", other.as_byte().escape_ascii())),
    }
}

/// Which directory of the system `path` is in: what it holds there is covered when the program runs, and a program that is
/// not the image's would be started in its place. The empty directories themselves are in most images.
pub(crate) fn of_system(path: &str, kind: &FileKind) -> Option<&'static str> {
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let system = SYSTEM.into_iter().find(|system| *system == first)?;
    (*kind != FileKind::Directory || !rest.is_empty()).then_some(system)
}

/// The path without `.` and a final `/`, if it cannot lead out of the image.
fn inside(raw: &[u8]) -> Result<String, &'static str> {
    let path = std::str::from_utf8(raw).map_err(|_| "has a path that is not UTF-8")?;
    if path.is_empty() {
        return Err("has no path");
    }
    if path.chars().any(char::is_control) {
        return Err("has a control character in its path");
    }
    let mut names = Vec::new();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(name) => names.push(name.to_str().unwrap_or_default()),
            Component::CurDir => {}
            Component::ParentDir => return Err("has `..` in its path"),
            Component::RootDir | Component::Prefix(_) => return Err("has an absolute path"),
        }
    }
    if names.iter().any(|name| name.starts_with(".wh.")) {
        return Err("is a whiteout: layers that remove files are not supported");
    }
    Ok(names.join("/"))
}

/// The target of a symbolic link, if it stays in the image, whatever other links the image contains.
///
/// `..` may occur at the beginning only, and not above the root: the directory of the link is not a link itself, so that
/// many steps up are inside; after a name, which may be a link, they may not be.
fn symlink(path: &str, raw: &[u8]) -> Result<String, String> {
    let refused = |why| Err(format!("is a symbolic link to `{}`, {why}", raw.escape_ascii()));
    let Ok(target) = std::str::from_utf8(raw) else { return refused("which is not UTF-8") };
    if target.is_empty() || target.chars().any(char::is_control) {
        return refused("which is not a path");
    }
    let depth = path.split('/').count().saturating_sub(1);
    let (mut climbed, mut named) = (0, false);
    for component in Path::new(target).components() {
        match component {
            Component::CurDir => {}
            Component::Normal(_) => named = true,
            Component::ParentDir if named => return refused("which climbs after a name"),
            Component::ParentDir => climbed += 1,
            Component::RootDir | Component::Prefix(_) => return refused("which is absolute"),
        }
    }
    if climbed > depth {
        return refused("which is outside the image");
    }
    Ok(target.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tar::EntryType;

    /// A header with exactly these bytes in its name, as an attacker would write it.
    pub(crate) fn header(path: &[u8], kind: EntryType, link: &[u8], mode: u32) -> tar::Header {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..path.len()].copy_from_slice(path);
        header.as_old_mut().linkname[..link.len()].copy_from_slice(link);
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_size(0);
        header.set_mtime(0);
        header.set_cksum();
        header
    }

    fn said(path: &[u8], kind: EntryType, link: &[u8], mode: u32) -> String {
        match File::of(&header(path, kind, link, mode)) {
            Ok(file) => format!("{} is a {:?}", file.path, file.kind),
            Err(Refused { entry, reason }) => format!("`{entry}` {reason}"),
        }
    }

    #[test]
    fn judges_paths_kinds_and_targets() {
        let cases: [(&[u8], EntryType, &[u8], u32); 26] = [
            (b"bin/app", EntryType::Regular, b"", 0o555),
            (b"./bin/", EntryType::Directory, b"", 0o755),
            (b"./", EntryType::Directory, b"", 0o755),
            (b"a/b/link", EntryType::Symlink, b"../../c/d", 0o777),
            (b"bin/alias", EntryType::Link, b"bin/app", 0o555),
            (b"../evil", EntryType::Regular, b"", 0o644),
            (b"a/../../evil", EntryType::Regular, b"", 0o644),
            (b"/etc/passwd", EntryType::Regular, b"", 0o644),
            (b"", EntryType::Regular, b"", 0o644),
            (b".", EntryType::Regular, b"", 0o644),
            (b"a\x1b[2J", EntryType::Regular, b"", 0o644),
            (b"a\xff", EntryType::Regular, b"", 0o644),
            (b"etc/.wh.passwd", EntryType::Regular, b"", 0o644),
            (b"bin/su", EntryType::Regular, b"", 0o4755),
            (b"link", EntryType::Symlink, b"/etc/passwd", 0o777),
            (b"a/link", EntryType::Symlink, b"../../etc", 0o777),
            (b"a/link", EntryType::Symlink, b"b/../..", 0o777),
            (b"link", EntryType::Symlink, b"", 0o777),
            (b"alias", EntryType::Link, b"../etc/passwd", 0o644),
            (b"alias", EntryType::Link, b"/etc/passwd", 0o644),
            (b"alias", EntryType::Link, b".", 0o644),
            (b"dev/null", EntryType::Char, b"", 0o666),
            (b"dev/sda", EntryType::Block, b"", 0o666),
            (b"pipe", EntryType::Fifo, b"", 0o666),
            (b"pax", EntryType::XHeader, b"", 0o644),
            (b"long", EntryType::GNULongName, b"", 0o644),
        ];
        let said: Vec<_> = cases.iter().map(|(path, kind, link, mode)| said(path, *kind, link, *mode)).collect();
        insta::assert_snapshot!(said.join("\n"));
    }
}

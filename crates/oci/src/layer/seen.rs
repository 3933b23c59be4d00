//! What has been read of an image, from layer to layer: its paths, and how much more may be read.

use std::collections::BTreeMap;

use super::{File, FileKind, MAX_FILES, MAX_IMAGE, Refused};

/// The layers of an image that were read, as far as the next one depends on them.
pub(crate) struct Seen {
    /// Bytes that may still be read, or come of it when they are decompressed.
    pub(super) bytes_left: u64,
    /// Entries, and directories that they imply, that may still come.
    files_left: usize,
    paths: BTreeMap<String, Known>,
}

/// What is at a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Directory,
    /// Its mode, owner and group.
    File(u32, u64, u64),
    Symlink,
}

impl Seen {
    /// Nothing yet, of an image whose layers are all read, lowest first.
    pub(crate) fn nothing() -> Self {
        Self { bytes_left: MAX_IMAGE, files_left: MAX_FILES, paths: BTreeMap::new() }
    }

    /// Lays `file` over what is there, or says why that may mean different things to different readers.
    pub(super) fn lay(&mut self, file: &File) -> Result<(), Refused> {
        let refused = |reason: &str| Err(Refused { entry: file.path.clone(), reason: reason.to_owned() });
        for (end, _) in file.path.match_indices('/') {
            match self.paths.get(&file.path[..end]) {
                Some(Known::Directory) => {}
                Some(Known::File(..)) => return refused("is below something that is not a directory"),
                Some(Known::Symlink) => return refused("is below a symbolic link"),
                None => self.add(file.path[..end].to_owned(), Known::Directory, file)?,
            }
        }
        let new = match &file.kind {
            FileKind::Directory => Known::Directory,
            FileKind::File => Known::File(file.mode, file.uid, file.gid),
            FileKind::Symlink { .. } => Known::Symlink,
            FileKind::Special => return refused("is a device or a pipe"),
            FileKind::Hardlink { target } => match self.paths.get(target) {
                // Some readers give the file what its other name says, others do not.
                Some(Known::File(mode, uid, gid)) if (*mode, *uid, *gid) != (file.mode, file.uid, file.gid) => {
                    return refused(&format!("is a hard link to `{target}` with another mode or owner"));
                }
                Some(known @ Known::File(..)) => *known,
                _ => return refused(&format!("is a hard link to `{target}`, which is not a file in the image")),
            },
        };
        match self.paths.get(&file.path) {
            Some(Known::Directory) if new != Known::Directory => refused("takes the place of a directory"),
            Some(Known::File(..) | Known::Symlink) if new == Known::Directory => {
                refused("is a directory in the place of something else")
            }
            _ => self.add(file.path.clone(), new, file),
        }
    }

    fn add(&mut self, path: String, known: Known, file: &File) -> Result<(), Refused> {
        let Some(left) = self.files_left.checked_sub(1) else {
            let reason = format!("is one too many: an image may hold {MAX_FILES}");
            return Err(Refused { entry: file.path.clone(), reason });
        };
        self.files_left = left;
        self.paths.insert(path, known);
        Ok(())
    }
}

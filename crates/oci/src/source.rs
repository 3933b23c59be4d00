//! Files and directories of the host, as entries of a layer.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use crate::{
    Error,
    archive::{Content, Entry},
};

/// The modes of files that may be executed, and of others: there is nothing else to tell of a file that nobody writes.
#[derive(Clone, Copy)]
pub(crate) struct Modes {
    pub(crate) executable: u32,
    pub(crate) plain: u32,
}

/// Of what is added to an image.
pub(crate) const ADDED: Modes = Modes { executable: 0o755, plain: 0o644 };

/// Entries of `files`, by their absolute paths in the image, and of the directories above them.
pub(crate) fn entries(files: &BTreeMap<String, PathBuf>) -> Result<Vec<Entry<'static>>, Error> {
    let mut entries = Entries::default();
    for (at, source) in files {
        entries.add(at.trim_matches('/'), source, ADDED)?;
    }
    Ok(entries.all())
}

/// Entries by their paths, so that a directory is there once.
#[derive(Default)]
pub(crate) struct Entries(BTreeMap<String, Entry<'static>>);

impl Entries {
    pub(crate) fn all(self) -> Vec<Entry<'static>> {
        self.0.into_values().collect()
    }

    /// Adds the file, directory or link `source` with all that is in it, at the path `at` without a slash at its ends.
    pub(crate) fn add(&mut self, at: &str, source: &Path, modes: Modes) -> Result<(), Error> {
        self.above(at);
        let failed = |error| Error::Read { path: source.to_owned(), source: error };
        let found = fs::symlink_metadata(source).map_err(failed)?;
        if found.is_dir() {
            self.directory(at, modes.executable);
            for entry in fs::read_dir(source).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let name = entry.file_name().into_string().map_err(|_| not_utf8(&entry.path()))?;
                let below = if at.is_empty() { name } else { format!("{at}/{name}") };
                self.add(&below, &entry.path(), modes)?;
            }
        } else if found.is_symlink() {
            let target = fs::read_link(source).map_err(failed)?;
            self.link(at, target.into_os_string().into_string().map_err(|_| not_utf8(source))?);
        } else if found.is_file() {
            let mode = if found.permissions().mode() & 0o100 == 0 { modes.plain } else { modes.executable };
            self.put(at.to_owned(), mode, Content::Path(source.to_owned(), found.len()));
        } else {
            return Err(Error::NotAFile { path: source.to_owned() });
        }
        Ok(())
    }

    pub(crate) fn link(&mut self, at: &str, target: String) {
        self.above(at);
        self.put(at.to_owned(), 0o777, Content::Link(target));
    }

    pub(crate) fn directory(&mut self, at: &str, mode: u32) {
        if !at.is_empty() {
            self.put(format!("{at}/"), mode, Content::None);
        }
    }

    fn above(&mut self, at: &str) {
        for (end, _) in at.match_indices('/') {
            let path = format!("{}/", &at[..end]);
            let directory = || Entry { path: Cow::Owned(path.clone()), mode: 0o755, content: Content::None };
            self.0.entry(path.clone()).or_insert_with(directory);
        }
    }

    fn put(&mut self, path: String, mode: u32, content: Content<'static>) {
        self.0.insert(path.clone(), Entry { path: Cow::Owned(path), mode, content });
    }
}

pub(crate) fn not_utf8(path: &Path) -> Error {
    let source = std::io::Error::other("its name, or where it leads, is not UTF-8");
    Error::Read { path: path.to_owned(), source }
}

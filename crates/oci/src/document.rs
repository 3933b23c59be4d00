//! Reads files of bounded size.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

use crate::Error;

/// Largest JSON document that is read, in bytes: the limit that registries put on manifests.
pub const MAX_DOCUMENT: u64 = 4 << 20;

/// An opened input of a build: a regular file, or a symbolic link to one.
pub(crate) struct Input {
    path: PathBuf,
    pub(crate) file: fs::File,
    pub(crate) size: u64,
}

impl Input {
    /// Wraps an error of reading the file.
    pub(crate) fn error(&self, source: io::Error) -> Error {
        Error::Read { path: self.path.clone(), source }
    }

    /// Reads the whole file.
    pub(crate) fn read(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.size).unwrap_or(0));
        (&self.file).take(self.size).read_to_end(&mut bytes).map_err(|source| self.error(source))?;
        Ok(bytes)
    }
}

/// Opens an input of a build of at most `limit` bytes.
pub(crate) fn open_input(path: &Path, limit: u64) -> Result<Input, Error> {
    input(path, fs::metadata(path), limit)
}

/// Reads a file of a layout, which must be a regular file of at most `limit` bytes.
pub(crate) fn read_stored(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    input(path, fs::symlink_metadata(path), limit)?.read()
}

/// Opens a file of a layout, which must be regular: opening a pipe would block.
pub(crate) fn open_stored(path: &Path) -> Result<(fs::File, u64), Error> {
    open(path, fs::symlink_metadata(path))
}

/// Writes a document of a layout as [`json`].
pub(crate) fn write_document(path: &Path, document: &impl Serialize) -> Result<(), Error> {
    fs::write(path, json(document)).map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// The bytes of a document, of which its digest is taken.
pub(crate) fn json(document: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(document).expect("documents have only text keys")
}

/// Parses `json`; `path` is for the error.
pub(crate) fn parse<T: DeserializeOwned>(path: &Path, json: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(json).map_err(|source| Error::Json { path: path.to_owned(), source })
}

fn open(path: &Path, metadata: io::Result<fs::Metadata>) -> Result<(fs::File, u64), Error> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let metadata = metadata.map_err(failed)?;
    if !metadata.is_file() {
        return Err(Error::NotAFile { path: path.to_owned() });
    }
    Ok((fs::File::open(path).map_err(failed)?, metadata.len()))
}

fn input(path: &Path, metadata: io::Result<fs::Metadata>, limit: u64) -> Result<Input, Error> {
    let (file, size) = open(path, metadata)?;
    if size > limit {
        return Err(Error::TooLarge { path: path.to_owned(), size, limit });
    }
    Ok(Input { path: path.to_owned(), file, size })
}

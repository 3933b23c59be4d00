//! Reads files of bounded size.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Mode, OFlags},
    io::Errno,
};
use serde::{
    Serialize,
    de::{DeserializeOwned, Error as _},
};

use crate::{Error, MAX_IMAGE, ambiguity::ambiguity};

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
    input(path, OFlags::empty(), limit)
}

/// Reads a file of a layout, which must be a regular file of at most `limit` bytes.
pub(crate) fn read_stored(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    input(path, OFlags::NOFOLLOW, limit)?.read()
}

/// Reads a document of at most [`MAX_DOCUMENT`] bytes: a regular file, or a symbolic link to one. Opening a pipe would block,
/// and a device may have no end.
pub fn read_document(path: &Path) -> Result<Vec<u8>, Error> {
    open_input(path, MAX_DOCUMENT)?.read()
}

/// Opens a file of a layout, which must be regular: opening a pipe would block.
pub(crate) fn open_stored(path: &Path) -> Result<(fs::File, u64), Error> {
    open(path, OFlags::NOFOLLOW)
}

/// Opens a layer of a layout: like [`open_stored`], and no larger than the whole image may be.
pub(crate) fn open_layer(path: &Path) -> Result<(fs::File, u64), Error> {
    let (file, size) = open_stored(path)?;
    check_limit(path, size, MAX_IMAGE)?;
    Ok((file, size))
}

/// Writes a document of a layout as [`json`].
pub(crate) fn write_document(path: &Path, document: &impl Serialize) -> Result<(), Error> {
    fs::write(path, json(document)).map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// The bytes of a document, of which its digest is taken.
pub(crate) fn json(document: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(document).expect("documents have only text keys")
}

/// Parses `json`, in which all readers must see the same; `path` is for the error.
pub(crate) fn parse<T: DeserializeOwned>(path: &Path, json: &[u8]) -> Result<T, Error> {
    let failed = |source| Error::Json { path: path.to_owned(), source };
    let parsed = serde_json::from_slice(json).map_err(failed)?;
    match ambiguity(json) {
        Some((at, problem)) => Err(failed(serde_json::Error::custom(format!("`{at}` {problem}")))),
        None => Ok(parsed),
    }
}

fn open(path: &Path, flags: OFlags) -> Result<(fs::File, u64), Error> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    // Without waiting for somebody to write into a pipe.
    let file = rustix::fs::open(path, flags | OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty());
    let file = match file {
        Err(Errno::LOOP) if flags.contains(OFlags::NOFOLLOW) => return Err(Error::NotAFile { path: path.to_owned() }),
        other => fs::File::from(other.map_err(|error| failed(error.into()))?),
    };
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_file() { Ok((file, metadata.len())) } else { Err(Error::NotAFile { path: path.to_owned() }) }
}

fn input(path: &Path, flags: OFlags, limit: u64) -> Result<Input, Error> {
    let (file, size) = open(path, flags)?;
    check_limit(path, size, limit)?;
    Ok(Input { path: path.to_owned(), file, size })
}

fn check_limit(path: &Path, size: u64, limit: u64) -> Result<(), Error> {
    if size <= limit { Ok(()) } else { Err(Error::TooLarge { path: path.to_owned(), size, limit }) }
}

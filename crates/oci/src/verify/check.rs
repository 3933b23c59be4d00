//! The list of mismatches of a verification, and reading files that may be damaged.

use std::{
    collections::BTreeSet,
    error::Error as _,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Mismatch;
use crate::{Descriptor, Digest, Error, MAX_DOCUMENT, ambiguity::ambiguity, document::read_stored, layout::SHA256};

/// A verification in progress.
pub(super) struct Check {
    pub(super) dir: PathBuf,
    pub(super) mismatches: Vec<Mismatch>,
    /// The blobs that were referred to.
    pub(super) referenced: BTreeSet<Digest>,
    /// False if a reference could not be read: then it is unknown which blobs are referred to.
    pub(super) complete: bool,
}

/// A JSON document whose fields are read one by one, so that one bad field does not hide another.
pub(super) struct Document {
    pub(super) place: String,
    pub(super) value: Value,
}

impl Check {
    pub(super) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), mismatches: Vec::new(), referenced: BTreeSet::new(), complete: true }
    }

    pub(super) fn report(&mut self, place: impl Into<String>, problem: impl Into<String>) {
        self.mismatches.push(Mismatch { place: place.into(), problem: problem.into() });
    }

    /// Reports `error` at `place` without its path.
    pub(super) fn report_error(&mut self, place: &str, error: &Error) {
        let problem = match error {
            Error::Read { source, .. } if source.kind() == ErrorKind::NotFound => "is missing".to_owned(),
            Error::Read { source, .. } => format!("cannot be read: {source}"),
            Error::NotAFile { .. } => "is not a regular file".to_owned(),
            Error::TooLarge { size, limit, .. } => format!("is {size} bytes, the limit is {limit}"),
            other => match other.source() {
                Some(source) => format!("{other}: {source}"),
                None => other.to_string(),
            },
        };
        self.report(place, problem);
    }

    /// Reads the JSON document at `place`, a path in the layout.
    pub(super) fn document(&mut self, place: &str) -> Option<Document> {
        let bytes = self.bytes(place)?;
        self.parse(place, &bytes)
    }

    /// Reads the document that `descriptor` refers to, and checks size and digest.
    pub(super) fn blob_document(&mut self, descriptor: &Descriptor) -> Option<Document> {
        let place = place(&descriptor.digest);
        let bytes = self.bytes(&place)?;
        self.compare_blob(descriptor, bytes.len() as u64, Digest::of(&bytes));
        self.parse(&place, &bytes)
    }

    /// Compares a blob's size and digest with its descriptor.
    pub(super) fn compare_blob(&mut self, descriptor: &Descriptor, size: u64, digest: Digest) {
        let place = place(&descriptor.digest);
        if size != descriptor.size {
            self.report(&place, format!("is {size} bytes, its descriptor says {}", descriptor.size));
        }
        if digest != descriptor.digest {
            self.report(place, format!("has the digest `{digest}`"));
        }
    }

    fn bytes(&mut self, place: &str) -> Option<Vec<u8>> {
        let read = read_stored(&self.dir.join(place), MAX_DOCUMENT);
        read.inspect_err(|error| {
            self.report_error(place, error);
            self.complete = false;
        })
        .ok()
    }

    fn parse(&mut self, place: &str, bytes: &[u8]) -> Option<Document> {
        if let Some((at, problem)) = ambiguity(bytes) {
            self.report(format!("{place}#{at}"), problem);
        }
        match serde_json::from_slice(bytes) {
            Ok(value) => Some(Document { place: place.to_owned(), value }),
            Err(error) => {
                self.report(place, format!("is not JSON: {error}"));
                self.complete = false;
                None
            }
        }
    }

    /// The field at the JSON pointer `at`.
    pub(super) fn field<T: DeserializeOwned>(&mut self, document: &Document, at: &str) -> Option<T> {
        let place = document.at(at);
        let Some(value) = document.value.pointer(at) else {
            self.report(place, "is missing");
            return None;
        };
        T::deserialize(value).inspect_err(|error| self.report(place, error.to_string())).ok()
    }

    /// Reports a field that is not `expected`.
    pub(super) fn expect(&mut self, document: &Document, at: &str, expected: impl Into<Value>) {
        let expected = expected.into();
        match document.value.pointer(at) {
            Some(value) if *value == expected => {}
            Some(value) => self.report(document.at(at), format!("is {value}, {expected} is expected")),
            None => self.report(document.at(at), format!("is missing, {expected} is expected")),
        }
    }

    /// Reports members that make another kind of document of this one for some readers.
    pub(super) fn expect_none(&mut self, document: &Document, members: &[&str]) {
        for member in members {
            if document.value.get(member).is_some() {
                self.report(document.at(&format!("/{member}")), "is a member of another kind of document");
            }
        }
    }

    /// The number of elements of the array at `at`; 0 if it is missing.
    pub(super) fn count(&mut self, document: &Document, at: &str) -> usize {
        match document.value.pointer(at) {
            Some(Value::Array(elements)) => elements.len(),
            Some(_) => {
                self.report(document.at(at), "is not an array");
                0
            }
            None => {
                self.report(document.at(at), "is missing");
                0
            }
        }
    }

    /// The descriptor at `at`. Records that its blob is referred to.
    pub(super) fn descriptor(&mut self, document: &Document, at: &str) -> Option<Descriptor> {
        let media_type: Option<String> = self.field(document, &format!("{at}/mediaType"));
        let digest = self.field(document, &format!("{at}/digest"));
        let size = self.field(document, &format!("{at}/size"));
        self.referenced.extend(digest);
        self.complete &= digest.is_some();
        Some(Descriptor::new(&media_type?, digest?, size?))
    }
}

impl Document {
    /// The place of the field at the JSON pointer `at`.
    pub(super) fn at(&self, at: &str) -> String {
        format!("{}#{at}", self.place)
    }
}

/// The path of a blob in the layout.
pub(super) fn place(digest: &Digest) -> String {
    format!("{SHA256}/{}", digest.hex())
}

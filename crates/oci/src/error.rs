//! What can go wrong with an image.

use std::{io, path::PathBuf};

use hint::Remedy;

use crate::{Digest, Platform};

/// Why an image could not be built, read or unpacked.
///
/// What to do about it is the last of the error's sources, a [`Remedy`], where there is anything to do but to look at the
/// path that the message names.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the variants and their fields are")]
pub enum Error {
    #[error("reading `{path}`")]
    Read { path: PathBuf, source: io::Error },
    #[error("writing `{path}`")]
    Write { path: PathBuf, source: io::Error },

    #[error("digest `{digest}` has no algorithm: `sha256:` and 64 hexadecimal digits are expected")]
    DigestShape { digest: String },
    #[error("digest `{digest}` uses the algorithm `{algorithm}`, only `sha256` is supported")]
    DigestAlgorithm { digest: String, algorithm: String },
    #[error("digest `{digest}` has {length} hexadecimal digits, sha256 has 64")]
    DigestLength { digest: String, length: usize },
    #[error("digest `{digest}` contains `{character}`, only `0` to `9` and `a` to `f` may occur")]
    DigestCharacter { digest: String, character: char },
    #[error("platform `{platform}` is not supported, only `linux/amd64` and `linux/arm64` are")]
    UnknownPlatform { platform: String },
    #[error("compression `{compression}` is not supported, only `zstd` and `gzip` are")]
    UnknownCompression { compression: String },
    #[error("annotation `{annotation}` {reason}")]
    Annotation { annotation: String, reason: &'static str },

    #[error("`{path}` is not a regular file")]
    NotAFile { path: PathBuf },
    #[error("`{path}` is {size} bytes, the limit is {limit}")]
    TooLarge { path: PathBuf, size: u64, limit: u64 },
    #[error("binary `{path}` is not an ELF file: {reason}")]
    NotElf {
        path: PathBuf,
        reason: String,
        #[source]
        remedy: Remedy,
    },
    #[error("binary `{path}` cannot be the program of an image: {reason}")]
    Unsuitable { path: PathBuf, reason: String },
    #[error("binary `{path}` is dynamically linked: it needs {needed}, which the image does not contain")]
    Dynamic {
        path: PathBuf,
        needed: String,
        #[source]
        remedy: Remedy,
    },
    #[error("binary `{path}` is for `{found}`, not for `{wanted}`")]
    WrongPlatform {
        path: PathBuf,
        found: Platform,
        wanted: Platform,
        #[source]
        remedy: Remedy,
    },
    #[error("CA bundle `{path}` contains no certificate")]
    NoCertificate {
        path: PathBuf,
        #[source]
        remedy: Remedy,
    },
    #[error("CA bundle `{path}`: certificate {number}: {reason}")]
    Certificate { path: PathBuf, number: usize, reason: String },
    #[error("CA bundle `{path}` contains a private key")]
    PrivateKey {
        path: PathBuf,
        #[source]
        remedy: Remedy,
    },

    #[error("`{path}` exists and is not an image layout")]
    Occupied {
        path: PathBuf,
        #[source]
        remedy: Remedy,
    },
    #[error("`{path}` exists")]
    Exists {
        path: PathBuf,
        #[source]
        remedy: Remedy,
    },
    #[error("`{path}` does not end in the name of a directory")]
    Nameless { path: PathBuf },

    #[error("`{path}` is not an image layout: {reason}")]
    NotALayout { path: PathBuf, reason: String },
    #[error("parsing `{path}`")]
    Json { path: PathBuf, source: serde_json::Error },
    #[error("blob `{digest}` is {size} bytes, its descriptor says {expected}")]
    BlobSize {
        digest: Digest,
        size: u64,
        expected: u64,
        #[source]
        remedy: Remedy,
    },
    #[error("blob `{digest}` has the digest `{actual}`")]
    BlobDigest {
        digest: Digest,
        actual: Digest,
        #[source]
        remedy: Remedy,
    },
    #[error("layer `{digest}` has the diff id `{actual}`, the config says `{expected}`")]
    DiffId { digest: Digest, actual: Digest, expected: Digest },
    #[error("blob `{digest}` has the media type `{media_type}`, which is not supported")]
    MediaType { digest: Digest, media_type: String },
    #[error("`{digest}` is not a manifest: {reason}")]
    NotAManifest { digest: Digest, reason: String },
    #[error("`{path}` names {count} images")]
    ImageCount {
        path: PathBuf,
        count: usize,
        #[source]
        remedy: Remedy,
    },
    #[error("the image's indexes are nested more than {limit} deep")]
    Nested { limit: usize },
    #[error("the image has more than {limit} manifests and indexes")]
    ManyManifests { limit: usize },
    #[error("the manifests and indexes of the image are more than {limit} bytes")]
    LargeManifests { limit: u64 },
    #[error("the manifest has {layers} layers, the config has {diff_ids} diff ids")]
    LayerCount { layers: usize, diff_ids: usize },
    #[error("the manifest has {layers} layers, the limit is {limit}")]
    TooManyLayers { layers: usize, limit: usize },
    #[error("reading layer `{digest}`")]
    Layer { digest: Digest, source: io::Error },
    #[error("layer `{digest}`: entry `{entry}` {reason}")]
    Entry { digest: Digest, entry: String, reason: String },
    #[error("the list of dependencies in the program is damaged: {reason}")]
    Dependencies { reason: String },
    #[error("extracting `{entry}` of layer `{digest}`")]
    Extract { digest: Digest, entry: String, source: io::Error },
}

impl Error {
    /// Something exists that must not be overwritten.
    pub(crate) fn exists(path: PathBuf) -> Self {
        Self::Exists { path, remedy: CHOOSE_ANOTHER.into() }
    }

    /// The same of what is not a layout, which would be overwritten.
    pub(crate) fn occupied(path: PathBuf) -> Self {
        Self::Occupied { path, remedy: CHOOSE_ANOTHER.into() }
    }
}

const CHOOSE_ANOTHER: &str = "choose a new or empty directory";

/// What to do about damaged blobs.
pub(crate) const BUILD_AGAIN: &str = "build or copy the image again";

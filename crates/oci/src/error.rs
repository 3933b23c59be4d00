//! What can go wrong with an image.

use std::{io, path::PathBuf};

use crate::{Digest, Platform};

/// Why an image could not be built, read or unpacked.
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
    #[error("platform `{platform}` is not supported\nhint: `linux/amd64` and `linux/arm64` are")]
    UnknownPlatform { platform: String },
    #[error("compression `{compression}` is not supported\nhint: `zstd` and `gzip` are")]
    UnknownCompression { compression: String },
    #[error("annotation `{annotation}` {reason}")]
    Annotation { annotation: String, reason: &'static str },

    #[error("`{path}` is not a regular file")]
    NotAFile { path: PathBuf },
    #[error("`{path}` is {size} bytes, the limit is {limit}")]
    TooLarge { path: PathBuf, size: u64, limit: u64 },
    #[error("binary `{path}` is not an ELF file: {reason}\nhint: give the program built for Linux")]
    NotElf { path: PathBuf, reason: String },
    #[error("binary `{path}` cannot be the program of an image: {reason}")]
    Unsuitable { path: PathBuf, reason: String },
    #[error(
        "binary `{path}` is dynamically linked: it needs {needed}, which the image does not hold\n\
         hint: link it statically, with `-C target-feature=+crt-static` or for a musl target"
    )]
    Dynamic { path: PathBuf, needed: String },
    #[error(
        "binary `{path}` is for `{found}`, `{asked}` was asked for\nhint: build it for `{asked}`, or leave the platform out"
    )]
    WrongPlatform { path: PathBuf, found: Platform, asked: Platform },
    #[error(
        "CA bundle `{path}` holds no certificate\nhint: give a PEM file, such as `/etc/ssl/certs/ca-certificates.crt`"
    )]
    NoCertificate { path: PathBuf },
    #[error("CA bundle `{path}`: certificate {number}: {reason}")]
    Certificate { path: PathBuf, number: usize, reason: String },
    #[error(
        "CA bundle `{path}` holds a private key\nhint: an image is no place for one; give a file of certificates alone"
    )]
    PrivateKey { path: PathBuf },

    #[error("`{path}` exists and is not an image layout\nhint: choose another directory, or remove it yourself")]
    Occupied { path: PathBuf },
    #[error("`{path}` exists\nhint: choose another directory, or remove it yourself")]
    Exists { path: PathBuf },
    #[error("`{path}` has no name that a directory could get\nhint: name the directory to be made")]
    Nameless { path: PathBuf },

    #[error("`{path}` is not an image layout: {reason}")]
    NotALayout { path: PathBuf, reason: String },
    #[error("parsing `{path}`")]
    Json { path: PathBuf, source: serde_json::Error },
    #[error("blob `{digest}` is {size} bytes, its descriptor says {expected}")]
    BlobSize { digest: Digest, size: u64, expected: u64 },
    #[error("blob `{digest}` has the digest `{actual}`")]
    BlobDigest { digest: Digest, actual: Digest },
    #[error("layer `{digest}` has the diff id `{actual}`, the config says `{expected}`")]
    DiffId { digest: Digest, actual: Digest, expected: Digest },
    #[error("blob `{digest}` has the media type `{media_type}`, which is not supported")]
    MediaType { digest: Digest, media_type: String },
    #[error("the manifest has {layers} layers, the config has {diff_ids} diff ids")]
    LayerCount { layers: usize, diff_ids: usize },
    #[error("decompressing layer `{digest}`")]
    Layer { digest: Digest, source: io::Error },
    #[error("layer `{digest}`: entry `{entry}` {reason}")]
    Entry { digest: Digest, entry: String, reason: String },
    #[error("the program's own list of what it was made of is damaged: {reason}")]
    Dependencies { reason: String },
    #[error("extracting `{entry}` of layer `{digest}`")]
    Extract { digest: Digest, entry: String, source: io::Error },
}

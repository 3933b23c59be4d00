//! Descriptors: how one document refers to a blob.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{AnyPlatform, Digest};

/// A reference to a blob: media type, digest and size.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// One of [`crate::media_type`], or of another tool.
    pub media_type: String,
    /// The SHA-256 of the blob.
    pub digest: Digest,
    /// Bytes of the blob.
    pub size: u64,
    /// The platform of a manifest in an index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<AnyPlatform>,
    /// Annotations of the reference; the digest of the blob does not depend on them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl Descriptor {
    /// Hashes `blob`.
    pub(crate) fn of(media_type: &str, blob: &[u8]) -> Self {
        Self::new(media_type, Digest::of(blob), blob.len() as u64)
    }

    /// A reference without platform and annotations.
    pub fn new(media_type: &str, digest: Digest, size: u64) -> Self {
        let media_type = media_type.to_owned();
        Self { media_type, digest, size, platform: None, annotations: BTreeMap::new() }
    }
}

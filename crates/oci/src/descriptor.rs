//! Descriptors: how one document refers to a blob.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Digest, Platform};

/// A reference to a blob: what it is, its name and its size.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What the blob is: one of [`crate::media_type`].
    pub media_type: String,
    /// The blob's name.
    pub digest: Digest,
    /// The blob's size in bytes.
    pub size: u64,
    /// In an index: the platform of the manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Notes; they are no part of the blob.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl Descriptor {
    /// Describes `blob`.
    pub(crate) fn of(media_type: &str, blob: &[u8]) -> Self {
        Self::new(media_type, Digest::of(blob), blob.len() as u64)
    }

    /// Describes a blob that is known by its digest.
    pub fn new(media_type: &str, digest: Digest, size: u64) -> Self {
        let media_type = media_type.to_owned();
        Self { media_type, digest, size, platform: None, annotations: BTreeMap::new() }
    }
}

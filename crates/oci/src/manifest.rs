//! Manifests: what an image is made of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Descriptor, media_type};

/// An image's config and layers. Its digest is the image's.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Always 2.
    pub schema_version: u32,
    /// Always [`media_type::MANIFEST`].
    pub media_type: String,
    /// How to run the image.
    pub config: Descriptor,
    /// The image's files, lowest layer first.
    pub layers: Vec<Descriptor>,
    /// Notes for people and tools.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl Manifest {
    pub(crate) fn new(config: Descriptor, layers: Vec<Descriptor>, annotations: BTreeMap<String, String>) -> Self {
        Self { schema_version: 2, media_type: media_type::MANIFEST.to_owned(), config, layers, annotations }
    }

    /// Compressed bytes of config and layers.
    pub(crate) fn blobs_size(&self) -> u64 {
        self.layers.iter().chain([&self.config]).map(|blob| blob.size).fold(0, u64::saturating_add)
    }
}

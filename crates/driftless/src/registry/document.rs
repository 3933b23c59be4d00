//! As much of a manifest or an index as moving it needs: what it refers to.
//!
//! Ours are only some of the images that are moved, so nothing is assumed about platforms, compression or configs.

use oci::Digest;
use serde::Deserialize;

/// How one document refers to another blob.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) struct Part {
    pub(super) media_type: String,
    pub(super) digest: Digest,
    pub(super) size: u64,
    #[serde(default)]
    pub(super) platform: Option<Platform>,
}

/// Where a manifest of an index runs.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Platform {
    pub(super) os: String,
    pub(super) architecture: String,
}

/// A manifest or an index.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    schema_version: u32,
    pub(super) media_type: Option<String>,
    config: Option<Part>,
    #[serde(default)]
    layers: Vec<Part>,
    #[serde(default)]
    pub(super) manifests: Vec<Part>,
}

impl Document {
    /// Parses the bytes of a manifest or an index.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let document: Self = serde_json::from_slice(bytes).map_err(|error| format!("is no manifest: {error}"))?;
        match document.schema_version {
            2 => Ok(document),
            version => Err(format!("is a manifest of schema version {version}, only 2 is supported")),
        }
    }

    /// The layers; none in an index.
    pub(super) fn layers(&self) -> impl Iterator<Item = Digest> {
        self.layers.iter().map(|layer| layer.digest)
    }

    /// Config and layers; none in an index. Each blob once.
    pub(super) fn blobs(&self) -> Vec<Part> {
        let mut blobs: Vec<Part> = Vec::new();
        for part in self.layers.iter().chain(&self.config) {
            if !blobs.iter().any(|known| known.digest == part.digest) {
                blobs.push(part.clone());
            }
        }
        blobs
    }
}

/// True if blobs of this type refer to others.
pub(super) fn is_manifest(media_type: &str) -> bool {
    super::manifests::ANY.split(", ").any(|known| known == media_type)
}

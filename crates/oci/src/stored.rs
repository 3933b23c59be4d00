//! Manifests and indexes of any image, as registries and layouts store them.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::{Descriptor, Digest, Error, MAX_DOCUMENT};

/// The exact bytes of a manifest or an index. Its digest names these bytes, so they are moved as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredManifest {
    /// One of [`media_type::MANIFESTS`](crate::media_type::MANIFESTS), or what another tool calls it.
    pub media_type: String,
    /// The digest of `bytes`.
    pub digest: Digest,
    /// The JSON document.
    pub bytes: Vec<u8>,
}

/// What a manifest or an index refers to. Nothing is assumed about platforms, compression and configs.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parts {
    schema_version: u32,
    /// The media type in the document, if the tool has written it.
    pub media_type: Option<String>,
    config: Option<Descriptor>,
    #[serde(default)]
    layers: Vec<Descriptor>,
    /// The manifests of an index; empty for a manifest.
    #[serde(default)]
    pub manifests: Vec<Descriptor>,
}

impl StoredManifest {
    /// Hashes `bytes`.
    pub fn new(media_type: String, bytes: Vec<u8>) -> Self {
        Self { media_type, digest: Digest::of(&bytes), bytes }
    }

    /// The reference to it.
    pub fn descriptor(&self) -> Descriptor {
        Descriptor::new(&self.media_type, self.digest, self.bytes.len() as u64)
    }

    /// Parses the document. An error unless it is a manifest or an index with schema version 2.
    pub fn parts(&self) -> Result<Parts, Error> {
        let bad = |reason| Error::NotAManifest { digest: self.digest, reason };
        let parts: Parts = serde_json::from_slice(&self.bytes).map_err(|error| bad(error.to_string()))?;
        match parts.schema_version {
            2 => Ok(parts),
            version => Err(bad(format!("its schema version is {version}, only 2 is supported"))),
        }
    }
}

impl Parts {
    /// The layers, lowest first; none in an index.
    pub fn layers(&self) -> &[Descriptor] {
        &self.layers
    }

    /// Layers and config, each blob once; none in an index.
    pub fn blobs(&self) -> Vec<Descriptor> {
        let mut known = BTreeSet::new();
        self.layers.iter().chain(&self.config).filter(|blob| known.insert(blob.digest)).cloned().collect()
    }
}

/// How much more of manifests and indexes an image may have. Whoever makes an image says what it refers to, so a small index
/// can name any number of others.
#[derive(Clone, Debug, Default)]
pub struct Allowance {
    manifests: usize,
    bytes: u64,
}

/// Most manifests and indexes of one image.
const MAX_MANIFESTS: usize = 1000;

/// Most bytes of all of them: four of the largest ones.
const MAX_MANIFEST_BYTES: u64 = 4 * MAX_DOCUMENT;

impl Allowance {
    /// Takes `manifest` from it. An error if there is no room for it.
    pub fn take(&mut self, manifest: &StoredManifest) -> Result<(), Error> {
        self.manifests += 1;
        self.bytes += manifest.bytes.len() as u64;
        if self.manifests > MAX_MANIFESTS {
            return Err(Error::ManyManifests { limit: MAX_MANIFESTS });
        }
        if self.bytes > MAX_MANIFEST_BYTES {
            return Err(Error::LargeManifests { limit: MAX_MANIFEST_BYTES });
        }
        Ok(())
    }

    /// Bytes of those that were taken.
    pub fn used(&self) -> u64 {
        self.bytes
    }
}

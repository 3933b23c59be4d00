//! Manifests: the references to config and layers, and annotations.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Descriptor, Error, media_type};

/// An image's config and layers. Its digest is the image's.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Always 2.
    pub schema_version: u32,
    /// [`media_type::MANIFEST`], or Docker's; some builders leave it out.
    #[serde(default = "oci")]
    pub media_type: String,
    /// The reference to the [`Config`](crate::Config).
    pub config: Descriptor,
    /// The references to the layers, lowest first.
    pub layers: Vec<Descriptor>,
    /// Annotations, of which the digest is taken, too.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

fn oci() -> String {
    media_type::MANIFEST.to_owned()
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

/// An error if a key is empty or contains spaces, or if a key or value contains control characters.
pub(crate) fn check_annotations(annotations: &BTreeMap<String, String>) -> Result<(), Error> {
    let refuse = |key: &str, reason| Err(Error::Annotation { annotation: key.to_owned(), reason });
    for (key, value) in annotations {
        if key.is_empty() {
            return refuse(key, "has no key");
        }
        if key.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return refuse(key, "has a key with a space or a control character");
        }
        if value.chars().any(char::is_control) {
            return refuse(key, "has a value with a control character");
        }
    }
    Ok(())
}

//! `release.json`: a stack plus one image digest per service.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::stack::Stack;

/// The only version of `release.json` that this program reads and writes.
pub const SCHEMA: u32 = 1;

/// A stack and the exact images that it runs.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Version of this document: [`SCHEMA`].
    pub schema: u32,
    /// What is run.
    pub stack: Stack,
    /// The image of each service, by the service's name.
    pub images: BTreeMap<String, Image>,
}

/// An image as a release names it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// Digest of the manifest.
    pub digest: String,
    /// `linux/amd64` or `linux/arm64`.
    pub platform: String,
    /// Compressed bytes that a registry stores for it: manifest, config and layers.
    pub size: u64,
}

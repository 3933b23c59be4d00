//! `release.json`: a stack plus one image digest per service.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, ensure};
use oci::{Digest, Platform};
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
    pub digest: Digest,
    /// `linux/amd64` or `linux/arm64`.
    pub platform: Platform,
    /// Compressed bytes that a registry stores for it: manifest, config and layers.
    pub size: u64,
}

impl Release {
    /// Reads the `release.json` at `path`.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read(path).with_context(|| format!("reading `{}`", path.display()))?;
        Self::parse(&text).with_context(|| format!("reading `{}`", path.display()))
    }

    fn parse(text: &[u8]) -> anyhow::Result<Self> {
        let release: Self = serde_json::from_slice(text)?;
        ensure!(
            release.schema == SCHEMA,
            "schema {} is not the one this program knows, {SCHEMA}\nhint: use the `driftless` that made the release",
            release.schema
        );
        release.stack.check()?;
        for service in release.stack.services.keys() {
            ensure!(release.images.contains_key(service), "service `{service}` has no image");
        }
        for service in release.images.keys() {
            ensure!(release.stack.services.contains_key(service), "image `{service}` has no service");
        }
        Ok(release)
    }
}

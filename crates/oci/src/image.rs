//! Digest, platform and size of an image, as builds, bundles and releases have them.

use serde::{Deserialize, Serialize};

use crate::{Digest, Platform};

/// Digest, platform and size of an image. In JSON the platform is written `linux/amd64`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// The digest of the manifest.
    pub digest: Digest,
    /// The platform in the config.
    #[serde(with = "crate::platform::text")]
    pub platform: Platform,
    /// Compressed bytes that a registry stores for it: manifest, config and layers.
    pub size: u64,
}

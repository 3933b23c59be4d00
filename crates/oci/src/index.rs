//! `index.json`: the way into a layout.

use serde::{Deserialize, Serialize};

use crate::{Descriptor, Platform, media_type};

/// The annotation that tools take for a tag. It is no part of the image's digest.
const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// The manifests of a layout; ours hold one.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// Always 2.
    pub schema_version: u32,
    /// [`media_type::INDEX`]; some tools leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// The manifests.
    pub manifests: Vec<Descriptor>,
}

impl Index {
    /// An index of one manifest. It is named `latest`, which is what umoci and podman ask for when told nothing.
    pub(crate) fn of(mut manifest: Descriptor, platform: Option<Platform>) -> Self {
        manifest.platform = platform;
        manifest.annotations.insert(REF_NAME.to_owned(), "latest".to_owned());
        Self { schema_version: 2, media_type: Some(media_type::INDEX.to_owned()), manifests: vec![manifest] }
    }
}

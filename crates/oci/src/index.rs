//! `index.json`: the entry point of a layout.

use serde::{Deserialize, Serialize};

use crate::{Descriptor, Platform, media_type};

/// The annotation that tools use as the tag. The digest of the image does not depend on it.
const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// The manifests of a layout. Those that Driftless writes have one.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// Always 2.
    pub schema_version: u32,
    /// [`media_type::INDEX`], if the tool has written it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// One for each image or platform.
    pub manifests: Vec<Descriptor>,
}

impl Index {
    /// An index of one manifest. It is named `latest`, the default of umoci and podman.
    pub(crate) fn of(mut manifest: Descriptor, platform: Option<Platform>) -> Self {
        manifest.platform = platform.map(Into::into);
        manifest.annotations.insert(REF_NAME.to_owned(), "latest".to_owned());
        Self { schema_version: 2, media_type: Some(media_type::INDEX.to_owned()), manifests: vec![manifest] }
    }
}

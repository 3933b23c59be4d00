//! Lists the files of an image.

use serde::Serialize;

use crate::{Descriptor, Digest, Error, File, Layout, MAX_IMAGE};

/// A layer and its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LayerContents {
    /// Which compression the layer has: one of [`crate::media_type`].
    pub media_type: String,
    /// The SHA-256 of the blob: of the compressed bytes.
    pub digest: Digest,
    /// Bytes of the blob, compressed.
    pub size: u64,
    /// The digest of the uncompressed layer.
    pub diff_id: Digest,
    /// Bytes of the uncompressed layer.
    pub uncompressed_size: u64,
    /// Every entry, in the order of the archive.
    pub files: Vec<File>,
}

/// The layers of `layout`, an image of any builder, with their files, lowest first. An error if a size, digest or diff id is wrong.
pub fn contents(layout: &Layout) -> Result<Vec<LayerContents>, Error> {
    let mut layers = Vec::new();
    let mut left = MAX_IMAGE;
    for layer in layout.layers()? {
        let mut files = Vec::new();
        let uncompressed_size = layout.read_members(&layer, &mut left, |member, _| {
            files.push(File::from(member));
            Ok(())
        })?;
        let Descriptor { media_type, digest, size, .. } = layer.descriptor.clone();
        layers.push(LayerContents { media_type, digest, size, diff_id: layer.diff_id, uncompressed_size, files });
    }
    Ok(layers)
}

//! Lists what is in an image.

use serde::Serialize;

use crate::{Descriptor, Digest, Error, File, Layout};

/// A layer and its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LayerContents {
    /// What the blob is: how the layer is compressed.
    pub media_type: String,
    /// The blob's name.
    pub digest: Digest,
    /// The blob's size in bytes.
    pub size: u64,
    /// Digest before compression.
    pub diff_id: Digest,
    /// Bytes before compression.
    pub uncompressed_size: u64,
    /// Every entry, in the order of the archive.
    pub files: Vec<File>,
}

/// The layers of `layout` with their files, lowest first. Checks sizes, digests and diff ids on the way.
pub fn contents(layout: &Layout) -> Result<Vec<LayerContents>, Error> {
    let mut layers = Vec::new();
    for layer in layout.layers()? {
        let mut files = Vec::new();
        let uncompressed_size = layout.read_layer(&layer, |file, _| {
            files.push(file);
            Ok(())
        })?;
        let Descriptor { media_type, digest, size, .. } = layer.descriptor.clone();
        layers.push(LayerContents { media_type, digest, size, diff_id: layer.diff_id, uncompressed_size, files });
    }
    Ok(layers)
}

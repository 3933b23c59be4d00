//! Lists what is in an image.

use serde::Serialize;

use crate::{Descriptor, Digest, Error, File, Layout};

/// A layer and its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LayerContents {
    /// The blob: media type, digest, compressed size.
    #[serde(flatten)]
    pub descriptor: Descriptor,
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
        let (descriptor, diff_id) = (layer.descriptor.clone(), layer.diff_id);
        layers.push(LayerContents { descriptor, diff_id, uncompressed_size, files });
    }
    Ok(layers)
}

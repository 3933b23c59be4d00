//! Compares two images: settings, layers, and the files of the layers that differ.

mod settings;

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use serde::Serialize;

pub use self::settings::SettingDifference;
use crate::{Descriptor, Digest, Error, File, FileKind, Hasher, Layout, MAX_IMAGE};

/// How two images differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The settings and annotations that differ, sorted by name.
    pub settings: Vec<SettingDifference>,
    /// All layers of both images, lowest first.
    pub layers: Vec<LayerDifference>,
    /// The files that differ in the layers that differ, sorted by path.
    pub files: Vec<FileDifference>,
}

/// A layer of either image, or one of each. Layers that are in one image only are paired in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LayerDifference {
    /// In the old image; none if it was added.
    pub from: Option<LayerSide>,
    /// In the new image; none if it was removed.
    pub to: Option<LayerSide>,
}

/// A layer of one image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LayerSide {
    /// The position in the image; the lowest layer is 1.
    pub layer: usize,
    /// The SHA-256 of the blob: of the compressed bytes.
    pub digest: Digest,
    /// Bytes of the blob, compressed.
    pub size: u64,
    /// The digest of the uncompressed layer.
    pub diff_id: Digest,
}

/// A file, directory or link that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileDifference {
    /// Relative to the image's root.
    pub path: String,
    /// In the old image; none if it was added.
    pub from: Option<FileSide>,
    /// In the new image; none if it was removed.
    pub to: Option<FileSide>,
}

/// A file of one image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileSide {
    /// The position of its layer; the lowest is 1.
    pub layer: usize,
    /// Kind, mode, owner and size.
    #[serde(flatten)]
    pub file: File,
    /// The digest of the content; none unless it is a regular file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Digest>,
}

impl LayerDifference {
    /// True if both images have the same blob.
    pub fn is_same(&self) -> bool {
        matches!((&self.from, &self.to), (Some(from), Some(to)) if from.digest == to.digest)
    }
}

/// The layers of `layout` that `other` does not have.
pub fn layers_missing_in(layout: &Layout, other: &Layout) -> Vec<Descriptor> {
    let known: BTreeSet<_> = other.manifest().layers.iter().map(|layer| layer.digest).collect();
    layout.manifest().layers.iter().filter(|layer| !known.contains(&layer.digest)).cloned().collect()
}

/// Compares the images `from` and `to`. Only layers that are not in both are read; the blobs of the others may be missing.
///
/// A file that moved from one such layer to another has not changed. Layers that both images have are ignored: a file in
/// one of them that hides, or is hidden by, a file of another layer makes no difference.
pub fn difference(from: &Layout, to: &Layout) -> Result<Difference, Error> {
    let (before, after) = (sides(from)?, sides(to)?);
    let shared = |layer: &LayerSide, others: &[LayerSide]| others.iter().any(|other| other.digest == layer.digest);
    let mut gone = before.iter().filter(|layer| !shared(layer, &after)).cloned();
    let mut layers: Vec<_> = after
        .iter()
        .map(|layer| {
            let same = before.iter().find(|known| known.digest == layer.digest).cloned();
            LayerDifference { from: same.or_else(|| gone.next()), to: Some(layer.clone()) }
        })
        .collect();
    layers.extend(gone.map(|layer| LayerDifference { from: Some(layer), to: None }));

    let (mut was, mut is) = (files(from, to)?, files(to, from)?);
    let paths: BTreeSet<_> = was.keys().chain(is.keys()).cloned().collect();
    let files = paths.into_iter().map(|path| FileDifference { from: was.remove(&path), to: is.remove(&path), path });
    let differs = |file: &FileDifference| match (&file.from, &file.to) {
        (Some(from), Some(to)) => from.file != to.file || from.content != to.content,
        _ => true,
    };
    Ok(Difference { settings: settings::differences(from, to), layers, files: files.filter(differs).collect() })
}

fn sides(layout: &Layout) -> Result<Vec<LayerSide>, Error> {
    let layers = layout.layers()?.into_iter().enumerate().map(|(at, layer)| {
        let Descriptor { digest, size, .. } = *layer.descriptor;
        LayerSide { layer: at + 1, digest, size, diff_id: layer.diff_id }
    });
    Ok(layers.collect())
}

/// The files of the layers that `other` does not have; a higher layer hides a lower one.
fn files(layout: &Layout, other: &Layout) -> Result<BTreeMap<String, FileSide>, Error> {
    let wanted: BTreeSet<_> = layers_missing_in(layout, other).into_iter().map(|layer| layer.digest).collect();
    let mut files = BTreeMap::new();
    let mut left = MAX_IMAGE;
    for (at, layer) in layout.layers()?.into_iter().enumerate() {
        let digest = layer.descriptor.digest;
        if !wanted.contains(&digest) {
            continue;
        }
        layout.read_members(&layer, &mut left, |member, content| {
            let file = File::from(member);
            let content = match file.kind {
                FileKind::File => {
                    let mut hasher = Hasher::new(content);
                    io::copy(&mut hasher, &mut io::sink()).map_err(|source| Error::Layer { digest, source })?;
                    Some(hasher.finish().1)
                }
                _ => None,
            };
            files.insert(file.path.clone(), FileSide { layer: at + 1, file, content });
            Ok(())
        })?;
    }
    Ok(files)
}

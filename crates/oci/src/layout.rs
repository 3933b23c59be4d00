//! Layouts: directories that contain an image.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    Config, Descriptor, Digest, Error, File, Image, Index, MAX_DOCUMENT, Manifest, Platform,
    compression::Stored,
    document::{open_layer, parse, read_stored, write_document},
    error::BUILD_AGAIN,
    layer::{MAX_LAYERS, Member, Refused, Seen, Stop, Walked, digested, members, walk},
    media_type,
};

/// The file that marks a directory as a layout.
pub(crate) const MARKER: &str = "oci-layout";
/// The file with the descriptors of the manifests.
pub(crate) const INDEX: &str = "index.json";
/// The directory of all blobs.
pub(crate) const BLOBS: &str = "blobs";
/// The directory of the blobs with SHA-256 digests.
pub(crate) const SHA256: &str = "blobs/sha256";
/// The only version of layouts.
pub(crate) const VERSION: &str = "1.0.0";

/// The content of [`MARKER`].
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Marker {
    pub(crate) image_layout_version: String,
}

/// A layout of one image. The digests of manifest and config were checked when it was opened; layers are read and checked
/// when they are used.
#[derive(Clone, Debug)]
pub struct Layout {
    dir: PathBuf,
    descriptor: Descriptor,
    manifest: Manifest,
    manifest_bytes: Vec<u8>,
    config: Config,
}

/// A layer as manifest and config describe it.
pub(crate) struct LayerInfo<'a> {
    pub(crate) descriptor: &'a Descriptor,
    pub(crate) diff_id: Digest,
    pub(crate) stored: Stored,
}

impl Layout {
    /// Reads index, manifest and config of the layout in the directory `dir`.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        let (index, _) = read_index(dir)?;
        let count = index.manifests.len();
        let [descriptor] = <[Descriptor; 1]>::try_from(index.manifests)
            .map_err(|_| not_a_layout(dir, format!("its index names {count} manifests, one is supported")))?;
        let manifest_bytes = document(dir, &descriptor, [media_type::MANIFEST, media_type::DOCKER_MANIFEST])?;
        let manifest: Manifest = parse(&blob_path(dir, &descriptor.digest), &manifest_bytes)?;
        let config_bytes = document(dir, &manifest.config, [media_type::CONFIG, media_type::DOCKER_CONFIG])?;
        let config: Config = parse(&blob_path(dir, &manifest.config.digest), &config_bytes)?;
        let layout = Self { dir: dir.to_owned(), descriptor, manifest, manifest_bytes, config };
        layout.layers()?;
        Ok(layout)
    }

    /// The directory that was opened.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The image, as releases name it.
    pub fn image(&self) -> Image {
        Image { digest: self.digest(), platform: self.platform(), size: self.size() }
    }

    /// The digest of the manifest, which is the image's.
    pub fn digest(&self) -> Digest {
        self.descriptor.digest
    }

    /// The descriptor of the manifest in `index.json`.
    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// The parsed manifest: references to config and layers.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The exact bytes of the manifest, of which the image's digest is taken.
    pub fn manifest_bytes(&self) -> &[u8] {
        &self.manifest_bytes
    }

    /// The parsed config: platform, entrypoint, environment, diff ids.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The platform in the config.
    pub fn platform(&self) -> Platform {
        self.config.platform()
    }

    /// Bytes that a registry stores for the image: manifest, config and compressed layers.
    pub fn size(&self) -> u64 {
        self.manifest.blobs_size().saturating_add(self.descriptor.size)
    }

    /// The path of the blob `digest`, whether it exists or not.
    pub fn blob_path(&self, digest: &Digest) -> PathBuf {
        blob_path(&self.dir, digest)
    }

    /// The layers, lowest first.
    pub(crate) fn layers(&self) -> Result<Vec<LayerInfo<'_>>, Error> {
        let (descriptors, diff_ids) = (&self.manifest.layers, &self.config.rootfs.diff_ids);
        if descriptors.len() != diff_ids.len() {
            return Err(Error::LayerCount { layers: descriptors.len(), diff_ids: diff_ids.len() });
        }
        if descriptors.len() > MAX_LAYERS {
            return Err(Error::TooManyLayers { layers: descriptors.len(), limit: MAX_LAYERS });
        }
        let layer = |(descriptor, diff_id): (_, &Digest)| layer_info(descriptor, *diff_id);
        descriptors.iter().zip(diff_ids).map(layer).collect()
    }

    /// Passes the entries of `layer`, which follows on those in `seen`, to `visit`, then checks size, digest and diff id.
    /// Returns the uncompressed size.
    ///
    /// The entries can be trusted only if this succeeds.
    pub(crate) fn read_layer(
        &self,
        layer: &LayerInfo<'_>,
        seen: &mut Seen,
        mut visit: impl FnMut(File, &mut dyn Read) -> Result<(), Error>,
    ) -> Result<u64, Error> {
        let digest = layer.descriptor.digest;
        self.read(layer, |file| {
            walk(file, layer.stored, seen, |entry, content| match entry {
                Ok(file) => visit(file, content),
                Err(Refused { entry, reason }) => Err(Error::Entry { digest, entry, reason }),
            })
        })
    }

    /// Like [`Self::read_layer`], of the archive of any builder. `left` is how many bytes of the image may still be read.
    pub(crate) fn read_members(
        &self,
        layer: &LayerInfo<'_>,
        left: &mut u64,
        visit: impl FnMut(Member, &mut dyn Read) -> Result<(), Error>,
    ) -> Result<u64, Error> {
        self.read(layer, |file| digested(file, layer.stored, left, |archive| members(archive, visit)))
    }

    fn read(
        &self,
        layer: &LayerInfo<'_>,
        walk: impl FnOnce(fs::File) -> Result<Walked, Stop<Error>>,
    ) -> Result<u64, Error> {
        let digest = layer.descriptor.digest;
        let path = self.blob_path(&digest);
        let (file, size) = open_layer(&path)?;
        check_size(layer.descriptor, size)?;
        let walked = walk(file).map_err(|stop| match stop {
            Stop::Read(source) => Error::Read { path, source },
            Stop::Visit(error) => error,
        })?;
        check_size(layer.descriptor, walked.size)?;
        check_digest(layer.descriptor, walked.digest)?;
        let actual = walked.diff_id.map_err(|source| Error::Layer { digest, source })?;
        if actual != layer.diff_id {
            return Err(Error::DiffId { digest, actual, expected: layer.diff_id });
        }
        Ok(walked.uncompressed)
    }
}

/// Writes `index.json` and `oci-layout` to `dir`, which contains the blobs of the image `manifest` already.
pub fn write_index(dir: &Path, manifest: Descriptor, platform: Option<Platform>) -> Result<(), Error> {
    write_document(&dir.join(INDEX), &Index::of(manifest, platform))?;
    write_document(&dir.join(MARKER), &Marker { image_layout_version: VERSION.to_owned() })
}

/// Creates the directory for the blobs of the layout `dir`, and returns its path.
pub fn create_blobs(dir: &Path) -> Result<PathBuf, Error> {
    let blobs = dir.join(SHA256);
    fs::create_dir_all(&blobs).map_err(|source| Error::Write { path: blobs.clone(), source })?;
    Ok(blobs)
}

/// The path of the blob `digest` in the layout `dir`, whether it exists or not.
pub fn blob_path(dir: &Path, digest: &Digest) -> PathBuf {
    dir.join(SHA256).join(digest.hex())
}

/// Reads `oci-layout` and `index.json` of the layout `dir`. Returns the index and its exact bytes.
pub(crate) fn read_index(dir: &Path) -> Result<(Index, Vec<u8>), Error> {
    if fs::symlink_metadata(dir.join(MARKER)).is_err() {
        return Err(not_a_layout(dir, format!("it holds no file `{MARKER}`")));
    }
    let marker: Marker = parse(&dir.join(MARKER), &read_stored(&dir.join(MARKER), MAX_DOCUMENT)?)?;
    if marker.image_layout_version != VERSION {
        let version = marker.image_layout_version;
        return Err(not_a_layout(dir, format!("its version is `{version}`, only `{VERSION}` is supported")));
    }
    let path = dir.join(INDEX);
    let bytes = read_stored(&path, MAX_DOCUMENT)?;
    Ok((parse(&path, &bytes)?, bytes))
}

fn not_a_layout(dir: &Path, reason: String) -> Error {
    Error::NotALayout { path: dir.to_owned(), reason }
}

fn layer_info(descriptor: &Descriptor, diff_id: Digest) -> Result<LayerInfo<'_>, Error> {
    let stored = Stored::of_media_type(&descriptor.media_type).ok_or_else(|| unsupported(descriptor))?;
    Ok(LayerInfo { descriptor, diff_id, stored })
}

fn unsupported(descriptor: &Descriptor) -> Error {
    Error::MediaType { digest: descriptor.digest, media_type: descriptor.media_type.clone() }
}

pub(crate) fn check_size(descriptor: &Descriptor, size: u64) -> Result<(), Error> {
    if size == descriptor.size {
        return Ok(());
    }
    Err(Error::BlobSize { digest: descriptor.digest, size, expected: descriptor.size, remedy: BUILD_AGAIN.into() })
}

pub(crate) fn check_digest(descriptor: &Descriptor, actual: Digest) -> Result<(), Error> {
    if actual == descriptor.digest {
        return Ok(());
    }
    Err(Error::BlobDigest { digest: descriptor.digest, actual, remedy: BUILD_AGAIN.into() })
}

/// Reads the manifest or config that `descriptor` names.
fn document(dir: &Path, descriptor: &Descriptor, media_types: [&str; 2]) -> Result<Vec<u8>, Error> {
    if !media_types.contains(&&*descriptor.media_type) {
        return Err(unsupported(descriptor));
    }
    let bytes = read_stored(&blob_path(dir, &descriptor.digest), MAX_DOCUMENT)?;
    check_size(descriptor, bytes.len() as u64)?;
    check_digest(descriptor, Digest::of(&bytes))?;
    Ok(bytes)
}

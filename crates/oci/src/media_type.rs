//! Media types of manifests, configs and layers.

/// An image index: `index.json`.
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// The manifest of one image.
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// The config of an image.
pub const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
/// A layer: a tar archive, compressed with zstd.
pub const LAYER_ZSTD: &str = "application/vnd.oci.image.layer.v1.tar+zstd";
/// A layer: a tar archive, compressed with gzip.
pub const LAYER_GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// A layer: a tar archive as it is.
pub const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// Docker's config: the same document under another name.
pub const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
/// Docker's layer: the same archive, compressed with gzip, under another name.
pub const DOCKER_LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";
/// Docker's manifest: the same document under another name.
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// Docker's index: the same document under another name.
pub const DOCKER_INDEX: &str = "application/vnd.docker.distribution.manifest.list.v2+json";

/// The kinds of manifests and indexes that can be pushed and pulled.
pub const MANIFESTS: [&str; 4] = [INDEX, MANIFEST, DOCKER_INDEX, DOCKER_MANIFEST];

/// True if it is one of [`MANIFESTS`], which refer to other blobs.
pub fn is_manifest(media_type: &str) -> bool {
    MANIFESTS.contains(&media_type)
}

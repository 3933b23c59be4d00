//! OCI images as data: builds, opens, compares, verifies and unpacks image layouts.
//!
//! The crate reads and writes files. It uses no network, starts no processes and reads no clock: the bytes of an image
//! depend on its binary, its CA bundle, its annotations and the version of the compressor only.
//!
//! - [`build_image`] packs one static binary into a layout, [`build_closure`] paths of the Nix store and all that they need;
//! - [`adopt`] copies an image of any other builder out of a layout of any kind;
//! - [`Layout::open`] opens a layout of one image: its manifest, config and layers;
//! - [`Tree::open`] opens any layout, for one platform or several, as a registry stores it;
//! - [`verify`] checks all digests, sizes and references in a layout;
//! - [`contents`] lists the files of each layer;
//! - [`dependencies`] reads the list of packages that a program carries, [`with_dependencies`] puts one there;
//! - [`difference`] compares two images: settings, layers, files;
//! - [`unpack`] extracts the layers into a directory, [`unpack_foreign`] those of any other builder.
//!
//! ```
//! use oci::{Descriptor, Digest, Layout, media_type};
//!
//! let dir = tempfile::tempdir()?;
//! // A config, a manifest that refers to it, and the index: the smallest layout.
//! oci::create_blobs(dir.path())?;
//! let blob = |media_type: &str, json: &str| -> std::io::Result<Descriptor> {
//!     let digest = Digest::of(json.as_bytes());
//!     std::fs::write(oci::blob_path(dir.path(), &digest), json)?;
//!     Ok(Descriptor::new(media_type, digest, json.len() as u64))
//! };
//! let config = r#"{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]}}"#;
//! let config = serde_json::to_string(&blob(media_type::CONFIG, config)?)?;
//! let json = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":CONFIG,"layers":[]}"#;
//! let manifest = blob(media_type::MANIFEST, &json.replace("CONFIG", &config))?;
//! oci::write_index(dir.path(), manifest.clone(), None)?;
//!
//! let layout = Layout::open(dir.path())?;
//! assert_eq!(layout.digest(), manifest.digest);
//! assert_eq!(layout.platform().to_string(), "linux/amd64");
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod adopt;
mod ambiguity;
mod archive;
mod build;
mod ca_bundle;
mod closure;
mod compression;
mod config;
mod contents;
mod dependencies;
mod descriptor;
mod difference;
mod digest;
mod directory;
mod document;
mod elf;
mod error;
mod foreign;
mod image;
mod index;
mod layer;
mod layout;
mod manifest;
pub mod media_type;
mod platform;
mod source;
mod stored;
mod tree;
mod unpack;
mod verify;

pub use adopt::adopt;
pub use build::{ImageSpec, MAX_BINARY, build_image, check_free};
pub use closure::{ClosureSpec, StorePath, build_closure};
pub use compression::Compression;
pub use config::{Config, Execution, History, RootFs};
pub use contents::{LayerContents, contents};
pub use dependencies::{dependencies, with_dependencies};
pub use descriptor::Descriptor;
pub use difference::{
    Difference, FileDifference, FileSide, LayerDifference, LayerSide, SettingDifference, difference, layers_missing_in,
};
pub use digest::{Digest, Hasher};
pub use directory::Staging;
pub use document::{MAX_DOCUMENT, read_document};
pub use error::Error;
pub use foreign::{LeftOut, unpack_foreign};
pub use image::Image;
pub use index::Index;
pub use layer::{File, FileKind, MAX_FILES, MAX_IMAGE, MAX_LAYERS};
pub use layout::{Layout, blob_path, create_blobs, write_index};
pub use manifest::Manifest;
pub use platform::{AnyPlatform, Architecture, Os, Platform};
pub use stored::{Allowance, Parts, StoredManifest};
pub use tree::{MAX_INDEX_DEPTH, Tree};
pub use unpack::unpack;
pub use verify::{Mismatch, Verified, verify};

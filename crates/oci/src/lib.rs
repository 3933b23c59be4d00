//! OCI images as data: building, opening, verifying and unpacking image layouts.
//!
//! Reads and writes files; knows no network, no processes and no clock. The bytes of an image depend on its binary,
//! its CA bundle, its annotations and the compressor's version, and on nothing else.
//!
//! - [`build_image`] packs one static binary into a layout;
//! - [`Layout::open`] reads a layout's manifest and config and hands out its blobs;
//! - [`verify`] compares everything in a layout with everything else in it;
//! - [`contents`] lists the files of each layer;
//! - [`dependencies`] reads what an image's program says that it was made of;
//! - [`difference`] compares two images: settings, layers, files;
//! - [`unpack`] extracts the layers into a directory.

mod annotation;
mod archive;
mod build;
mod ca_bundle;
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
mod index;
mod layer;
mod layout;
mod manifest;
pub mod media_type;
mod platform;
mod unpack;
mod verify;

pub use build::{BuiltImage, ImageSpec, MAX_BINARY, build_image, check_free};
pub use compression::Compression;
pub use config::{Config, Execution, History, RootFs};
pub use contents::{LayerContents, contents};
pub use dependencies::dependencies;
pub use descriptor::Descriptor;
pub use difference::{
    Difference, FileDifference, FileSide, LayerDifference, LayerSide, SettingDifference, difference, layers_missing_in,
};
pub use digest::{Digest, Hasher};
pub use directory::Staging;
pub use document::MAX_DOCUMENT;
pub use error::Error;
pub use index::Index;
pub use layer::{File, FileKind, MAX_LAYER};
pub use layout::{Layout, write_index};
pub use manifest::Manifest;
pub use platform::{Architecture, Os, Platform};
pub use unpack::unpack;
pub use verify::{Mismatch, Verified, verify};

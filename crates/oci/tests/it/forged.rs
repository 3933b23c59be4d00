//! Layouts that `build_image` would never make.

use std::{
    fs,
    path::{Path, PathBuf},
};

use oci::{Digest, media_type};
use serde_json::{Value, json};
use tar::EntryType;

/// One entry of a forged layer.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) path: &'a str,
    pub(crate) kind: EntryType,
    pub(crate) mode: u32,
    pub(crate) link: &'a str,
    pub(crate) content: &'a [u8],
}

pub(crate) const FILE: Entry<'_> =
    Entry { path: "", kind: EntryType::Regular, mode: 0o644, link: "", content: b"content" };
pub(crate) const DIRECTORY: Entry<'_> =
    Entry { path: "", kind: EntryType::Directory, mode: 0o755, link: "", content: b"" };
pub(crate) const SYMLINK: Entry<'_> = Entry { path: "", kind: EntryType::Symlink, mode: 0o777, link: "", content: b"" };
pub(crate) const HARDLINK: Entry<'_> = Entry { path: "", kind: EntryType::Link, mode: 0o644, link: "", content: b"" };

/// A tar archive with names exactly as given: what a library would refuse to write.
pub(crate) fn tar(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut archive = Vec::new();
    for entry in entries {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..entry.path.len()].copy_from_slice(entry.path.as_bytes());
        header.as_old_mut().linkname[..entry.link.len()].copy_from_slice(entry.link.as_bytes());
        header.set_entry_type(entry.kind);
        header.set_mode(entry.mode);
        header.set_uid(1000);
        header.set_gid(1000);
        header.set_size(entry.content.len() as u64);
        header.set_mtime(0);
        header.set_cksum();
        archive.extend(header.as_bytes());
        archive.extend(entry.content);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.resize(archive.len() + 1024, 0);
    archive
}

/// A layout whose digests all hold, whatever its layers are.
pub(crate) fn layout(dir: &Path, layers: &[Vec<u8>]) -> PathBuf {
    let blobs: Vec<_> = layers.iter().map(|tar| zstd::encode_all(&tar[..], 1).unwrap()).collect();
    let diff_ids: Vec<_> = layers.iter().map(|tar| Digest::of(tar)).collect();
    raw_layout(dir, &blobs, &diff_ids)
}

/// A layout of these blobs, called layers compressed with zstd.
pub(crate) fn raw_layout(dir: &Path, blobs: &[Vec<u8>], diff_ids: &[Digest]) -> PathBuf {
    configured_layout(dir, blobs, diff_ids, &json!({ "User": "65532:65532" }))
}

/// The same, run as `execution` says.
pub(crate) fn configured_layout(dir: &Path, blobs: &[Vec<u8>], diff_ids: &[Digest], execution: &Value) -> PathBuf {
    let dir = dir.join("forged");
    let layers: Vec<_> = blobs.iter().map(|blob| put(&dir, media_type::LAYER_ZSTD, blob)).collect();
    let config = json!({
        "architecture": "amd64", "os": "linux", "config": execution,
        "rootfs": { "type": "layers", "diff_ids": diff_ids },
        "history": vec![json!({ "created_by": "forged" }); blobs.len()],
    });
    let config = put(&dir, media_type::CONFIG, config.to_string().as_bytes());
    let manifest = json!({ "schemaVersion": 2, "mediaType": media_type::MANIFEST, "config": config, "layers": layers });
    let manifest = put(&dir, media_type::MANIFEST, manifest.to_string().as_bytes());
    let index = json!({ "schemaVersion": 2, "manifests": [manifest] });
    fs::write(dir.join("index.json"), index.to_string()).unwrap();
    fs::write(dir.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    dir
}

/// Stores a blob and describes it.
pub(crate) fn put(dir: &Path, media_type: &str, blob: &[u8]) -> Value {
    let digest = Digest::of(blob);
    fs::create_dir_all(dir.join("blobs/sha256")).unwrap();
    fs::write(dir.join("blobs/sha256").join(digest.hex()), blob).unwrap();
    json!({ "mediaType": media_type, "digest": digest, "size": blob.len() })
}

//! Image layouts of which one part is given, and whose digests are right all the same.

use std::{fs, io, path::Path};

use oci::{Digest, Layout, Tree, contents, dependencies, difference, media_type, unpack, verify};
use serde_json::{Value, json};

pub(crate) fn tar(bytes: &[u8]) {
    read(&Given { tar: Some(bytes), ..Given::default() });
}

pub(crate) fn layer(bytes: &[u8]) {
    read(&Given { blob: Some(bytes), ..Given::default() });
}

pub(crate) fn config(bytes: &[u8]) {
    read(&Given { config: Some(bytes), ..Given::default() });
}

pub(crate) fn manifest(bytes: &[u8]) {
    read(&Given { manifest: Some(bytes), ..Given::default() });
}

pub(crate) fn layout(bytes: &[u8]) {
    read(&Given { index: Some(bytes), ..Given::default() });
}

pub(crate) fn program(bytes: &[u8]) {
    let tar = layer_of(bytes).expect("memory can be written");
    read(&Given { tar: Some(&tar), ..Given::default() });
}

/// The part that is given; the others are as they are in a whole image.
#[derive(Default)]
struct Given<'a> {
    tar: Option<&'a [u8]>,
    blob: Option<&'a [u8]>,
    config: Option<&'a [u8]>,
    manifest: Option<&'a [u8]>,
    index: Option<&'a [u8]>,
}

/// Reads a layout in each way that there is. What verifies can be read.
fn read(given: &Given<'_>) {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let image = directory.path().join("image");
    write(given, &image).expect("a layout can be written");
    let accepted = verify(&image).is_ok();
    let _ = Tree::open(&image).map(|tree| (tree.size(), tree.blobs().len()));
    let read = Layout::open(&image).ok().filter(|layout| {
        let _ = (dependencies(layout), difference(layout, layout).is_ok());
        contents(layout).is_ok() & unpack(layout, &directory.path().join("root")).is_ok()
    });
    assert!(read.is_some() || !accepted, "what verifies can be read");
}

fn write(given: &Given<'_>, image: &Path) -> io::Result<()> {
    fs::create_dir_all(image.join("blobs/sha256"))?;
    let whole = whole()?;
    let tar = given.tar.unwrap_or(&whole);
    let blob = match given.blob {
        Some(blob) => blob.to_owned(),
        None => zstd::encode_all(tar, 1)?,
    };
    let config = json!({
        "architecture": "amd64", "os": "linux",
        "config": { "User": "1:1", "Env": ["A=1"], "Entrypoint": ["/bin/app"], "Cmd": null },
        "rootfs": { "type": "layers", "diff_ids": [Digest::of(tar)] },
        "history": [{ "created_by": "fuzz" }],
    });
    let text =
        |given: Option<&[u8]>, document: &Value| given.map_or_else(|| document.to_string().into(), <[u8]>::to_vec);
    let config = put(image, media_type::CONFIG, &text(given.config, &config))?;
    let layer = put(image, media_type::LAYER_ZSTD, &blob)?;
    let manifest =
        json!({ "schemaVersion": 2, "mediaType": media_type::MANIFEST, "config": config, "layers": [layer] });
    let manifest = put(image, media_type::MANIFEST, &text(given.manifest, &manifest))?;
    let index = json!({ "schemaVersion": 2, "manifests": [manifest] });
    fs::write(image.join("index.json"), text(given.index, &index))?;
    fs::write(image.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#)
}

/// Writes a blob under its digest; its descriptor.
fn put(image: &Path, media_type: &str, bytes: &[u8]) -> io::Result<Value> {
    let digest = Digest::of(bytes);
    fs::write(oci::blob_path(image, &digest), bytes)?;
    Ok(json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() }))
}

/// The tar of a layer that verifies.
fn whole() -> io::Result<Vec<u8>> {
    layer_of(&testing::program(testing::AMD64, b"contents"))
}

/// The tar of a layer with one program.
fn layer_of(program: &[u8]) -> io::Result<Vec<u8>> {
    let mut header = tar::Header::new_ustar();
    header.set_mode(0o755);
    header.set_size(program.len() as u64);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    let mut archive = tar::Builder::new(Vec::new());
    archive.append_data(&mut header, "bin/app", program)?;
    archive.into_inner()
}

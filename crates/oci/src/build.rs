//! Builds an image from one program.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{ErrorKind, Seek},
    num::NonZeroU32,
    path::{Path, PathBuf},
    thread,
};

use object::ReadCache;
use serde::Serialize;

use crate::{
    Compression, Config, Descriptor, Error, Execution, History, Image, Manifest, Platform, RootFs, ca_bundle,
    directory::Staging,
    document::{Input, json, open_input},
    elf,
    layer::{APP, CA_BUNDLE, Layer},
    layout::{BLOBS, INDEX, MARKER, SHA256, create_blobs, write_index},
    manifest::check_annotations,
    media_type,
};

/// Largest program in bytes: almost 1 GiB, well below what an image may hold.
pub const MAX_BINARY: u64 = (1 << 30) - (64 << 10);

/// Largest CA bundle in bytes.
pub(crate) const MAX_CA_BUNDLE: u64 = 16 << 20;

/// User and group of every image: unprivileged.
const USER: &str = "65532:65532";

/// The inputs of a build.
#[derive(Clone, Debug)]
pub struct ImageSpec {
    /// The file of a statically linked ELF program.
    pub binary: PathBuf,
    /// The PEM file of the CA certificates that the program trusts.
    pub ca_bundle: PathBuf,
    /// The platform that the program must be for. Without it, the platform in the ELF header is used.
    pub platform: Option<Platform>,
    /// The compression of both layers.
    pub compression: Compression,
    /// Files and directories that are added, by their absolute paths in the image.
    pub files: BTreeMap<String, PathBuf>,
    /// When the image is to say that it was created, as RFC 3339 writes it. The digest depends on it.
    pub created: Option<String>,
    /// Annotations of the manifest. The digest depends on them, so they should not contain a revision or a time.
    pub annotations: BTreeMap<String, String>,
}

/// Builds the image `spec` as a layout in the directory `out`.
///
/// `out` is created, with the directories above it. If it is empty or a layout, it is replaced, in one step and after all
/// checks; anything else there is an error. The same inputs have the same digest, on any machine and at any time.
pub fn build_image(spec: &ImageSpec, out: &Path) -> Result<Image, Error> {
    check_annotations(&spec.annotations)?;
    check_free(out)?;
    let ca_bundle = open_input(&spec.ca_bundle, MAX_CA_BUNDLE)?.read()?;
    ca_bundle::check(&spec.ca_bundle, &ca_bundle)?;
    let binary = open_input(&spec.binary, MAX_BINARY)?;
    let platform = elf::platform(&spec.binary, &ReadCache::new(&binary.file))?;
    if let Some(wanted) = spec.platform.filter(|wanted| *wanted != platform) {
        return Err(Error::WrongPlatform {
            path: spec.binary.clone(),
            found: platform,
            wanted,
            remedy: format!("compile it for `{wanted}`, or leave out the platform").into(),
        });
    }

    (&binary.file).rewind().map_err(|source| binary.error(source))?;

    let staging = Staging::beside(out)?;
    let blobs = create_blobs(staging.path())?;
    let mut layers = Vec::from(pack(&ca_bundle, &binary, spec.compression, &blobs)?);
    if !spec.files.is_empty() {
        layers.push(Layer::files(&spec.files, spec.compression, &blobs)?);
    }
    let execution = Execution {
        user: USER.to_owned(),
        env: vec!["PATH=/bin".to_owned(), certificates()],
        entrypoint: vec![APP.to_owned()],
        cmd: Vec::new(),
        working_dir: "/".to_owned(),
    };
    let history = [BASE.to_owned(), format!("driftless: {APP}"), "driftless: files".to_owned()];
    let image = documents(&staging, platform, execution, layers, history, (spec.created.clone(), &spec.annotations))?;
    check_free(out)?;
    staging.publish_over()?;
    Ok(image)
}

/// The history of the base layer.
pub(crate) const BASE: &str = "driftless: certificates, users and /tmp";

/// The variable that names the certificates.
pub(crate) fn certificates() -> String {
    format!("SSL_CERT_FILE={CA_BUNDLE}")
}

/// Writes config, manifest and index of an image whose `layers` are in the layout `staging` already. Each was made by what
/// `history` says; what is more than there are layers is left out.
pub(crate) fn documents(
    staging: &Staging,
    platform: Platform,
    execution: Execution,
    layers: Vec<Layer>,
    history: impl IntoIterator<Item = String>,
    (created, annotations): (Option<String>, &BTreeMap<String, String>),
) -> Result<Image, Error> {
    let blobs = staging.path().join(SHA256);
    let history = layers.iter().zip(history).map(|(_, created_by)| History { created_by, empty_layer: false });
    let config = Config {
        created,
        architecture: platform.architecture,
        os: platform.os,
        config: execution,
        rootfs: RootFs { kind: "layers".to_owned(), diff_ids: layers.iter().map(|layer| layer.diff_id).collect() },
        history: history.collect(),
    };
    let config = put(&blobs, media_type::CONFIG, &config)?;
    let descriptors = layers.into_iter().map(|layer| layer.descriptor).collect();
    let manifest = Manifest::new(config, descriptors, annotations.clone());
    let descriptor = put(&blobs, media_type::MANIFEST, &manifest)?;
    let size = manifest.blobs_size() + descriptor.size;
    let image = Image { digest: descriptor.digest, platform, size };
    write_index(staging.path(), descriptor, Some(platform))?;
    Ok(image)
}

/// Packs both layers, at the same time.
fn pack(ca_bundle: &[u8], binary: &Input, compression: Compression, blobs: &Path) -> Result<[Layer; 2], Error> {
    thread::scope(|scope| {
        let base = scope.spawn(|| Layer::base(ca_bundle, compression, blobs));
        let app = Layer::app(binary, compression, workers(), blobs)?;
        Ok([base.join().expect("packing does not panic")?, app])
    })
}

pub(crate) fn workers() -> NonZeroU32 {
    let available = thread::available_parallelism().ok().and_then(|count| NonZeroU32::try_from(count).ok());
    // More have nothing to do: a program has few jobs of compression.
    available.unwrap_or(NonZeroU32::MIN).min(NonZeroU32::new(8).unwrap_or(NonZeroU32::MIN))
}

/// An error if `out` contains anything but an image layout, which may be replaced.
pub fn check_free(out: &Path) -> Result<(), Error> {
    let entries = match fs::read_dir(out) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound && fs::symlink_metadata(out).is_err() => return Ok(()),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            return Err(Error::Read { path: out.to_owned(), source: error });
        }
        Err(_) => return Err(Error::occupied(out.to_owned())),
    };
    let names: BTreeSet<_> = entries
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<Result<_, _>>()
        .map_err(|source| Error::Read { path: out.to_owned(), source })?;
    let ours = [MARKER, INDEX, BLOBS];
    let layout = names.contains(MARKER.as_ref() as &std::ffi::OsStr)
        && names.iter().all(|name| ours.iter().any(|ours| name == ours));
    if names.is_empty() || layout {
        return Ok(());
    }
    Err(Error::occupied(out.to_owned()))
}

/// Writes a document as a blob.
fn put(blobs: &Path, media_type: &str, document: &impl Serialize) -> Result<Descriptor, Error> {
    let bytes = json(document);
    let descriptor = Descriptor::of(media_type, &bytes);
    write(&blobs.join(descriptor.digest.hex()), &bytes)?;
    Ok(descriptor)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    fs::write(path, bytes).map_err(|source| Error::Write { path: path.to_owned(), source })
}

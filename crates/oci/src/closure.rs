//! Builds an image of a Nix closure: paths of the store with everything that they need.
//!
//! Layers, lowest first: the base layer of every image; one layer for each of the paths that most others need, and for each path
//! that was asked for; one with the other paths, if there are more than layers; and one with links from the root to what was
//! asked for, and further files. What changes often is in a layer of its own and what is shared by many images in the same
//! layer everywhere, so that a registry has most of an image before it is pushed.

mod groups;
mod links;

use std::{
    collections::BTreeMap,
    num::NonZeroU32,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
};

use serde::Deserialize;

use crate::{
    Compression, Error, Execution, Image, MAX_LAYERS, Platform,
    archive::Archive,
    build::{BASE, MAX_CA_BUNDLE, certificates, check_free, documents, workers},
    ca_bundle,
    directory::Staging,
    document::open_input,
    layer::{Layer, pack},
    layout::create_blobs,
    manifest::check_annotations,
    source::{ADDED, Entries, Modes},
};

/// Seconds since 1970 of every file, as in the store: a program such as Python compares them with those it was compiled from.
const MTIME: u64 = 1;

/// As in the store.
const STORE: Modes = Modes { executable: 0o555, plain: 0o444 };

/// A path of the store, and which others it names, as `exportReferencesGraph` has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StorePath {
    /// Such as `/nix/store/…-python3-3.12.4`.
    pub path: PathBuf,
    /// Paths of the same closure; itself may be among them.
    pub references: Vec<PathBuf>,
    /// Bytes of its files, about.
    #[serde(default)]
    pub nar_size: u64,
}

/// The inputs of a build.
#[derive(Clone, Debug)]
pub struct ClosureSpec {
    /// All paths, each once.
    pub closure: Vec<StorePath>,
    /// Those that were asked for: what they have in `bin` and so on is linked from the root.
    pub contents: Vec<PathBuf>,
    /// Files and directories that are added, by their absolute paths in the image.
    pub files: BTreeMap<String, PathBuf>,
    /// The PEM file of the CA certificates.
    pub ca_bundle: PathBuf,
    /// What the programs are for.
    pub platform: Platform,
    /// How it is started. `PATH` and `SSL_CERT_FILE` are set where it does not set them.
    pub execution: Execution,
    /// Most layers, 4 to [`MAX_LAYERS`].
    pub layers: usize,
    /// The compression of all layers.
    pub compression: Compression,
    /// When the image is to say that it was created, as RFC 3339 writes it. The digest depends on it.
    pub created: Option<String>,
    /// Annotations of the manifest.
    pub annotations: BTreeMap<String, String>,
}

/// Builds the image `spec` as a layout in the directory `out`, as [`build_image`](crate::build_image) does.
pub fn build_closure(spec: &ClosureSpec, out: &Path) -> Result<Image, Error> {
    check_annotations(&spec.annotations)?;
    check_free(out)?;
    let ca_bundle = open_input(&spec.ca_bundle, MAX_CA_BUNDLE)?.read()?;
    ca_bundle::check(&spec.ca_bundle, &ca_bundle)?;
    // Beside the layers of the paths: the base, the links, the files.
    let groups = groups::of(&spec.closure, &spec.contents, spec.layers.clamp(4, MAX_LAYERS) - 2);

    let staging = Staging::beside(out)?;
    let blobs = create_blobs(staging.path())?;
    let mut layers = vec![Layer::base(&ca_bundle, spec.compression, &blobs)?];
    layers.extend(pack_all(&groups, spec.compression, &blobs)?);
    let mut history = vec![BASE.to_owned()];
    history.extend(groups.iter().map(|group| said(group)));

    let mut root = Entries::default();
    links::add(&mut root, &spec.contents)?;
    for (at, source) in &spec.files {
        root.add(at.trim_matches('/'), source, ADDED)?;
    }
    let root = root.all();
    if !root.is_empty() {
        layers.push(pack(&Archive::at(MTIME, root), spec.compression, NonZeroU32::MIN, &blobs, "root")?);
        history.push("driftless: links and files".to_owned());
    }
    let image = documents(
        &staging,
        spec.platform,
        execution(&spec.execution),
        layers,
        history,
        (spec.created.clone(), &spec.annotations),
    )?;
    check_free(out)?;
    staging.publish_over()?;
    Ok(image)
}

/// Packs each group into a layer, several at the same time.
fn pack_all(groups: &[Vec<&Path>], compression: Compression, blobs: &Path) -> Result<Vec<Layer>, Error> {
    let waiting = Mutex::new(groups.iter().enumerate());
    let work = || {
        let mut packed = Vec::new();
        loop {
            let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((at, group)) = next else { return Ok(packed) };
            packed.push((at, pack_group(group, compression, blobs, at)?));
        }
    };
    let packed = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers().get()).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("packing does not panic"))
            .collect::<Result<Vec<_>, Error>>()
    })?;
    let packed: BTreeMap<_, _> = packed.into_iter().flatten().collect();
    Ok(packed.into_values().collect())
}

fn pack_group(group: &[&Path], compression: Compression, blobs: &Path, at: usize) -> Result<Layer, Error> {
    let mut entries = Entries::default();
    for path in group {
        let name = path.to_str().ok_or_else(|| crate::source::not_utf8(path))?;
        entries.add(name.trim_matches('/'), path, STORE)?;
    }
    pack(&Archive::at(MTIME, entries.all()), compression, NonZeroU32::MIN, blobs, &format!("layer-{at}"))
}

/// What the history says of a layer.
fn said(group: &[&Path]) -> String {
    let name = |path: &&Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match group {
        [one] => format!("driftless: {}", name(one)),
        several => format!("driftless: {} store paths", several.len()),
    }
}

fn execution(given: &Execution) -> Execution {
    let mut execution = given.clone();
    for variable in ["PATH=/bin".to_owned(), certificates()] {
        let name = variable.split_inclusive('=').next().unwrap_or_default();
        if !execution.env.iter().any(|given| given.starts_with(name)) {
            execution.env.push(variable);
        }
    }
    execution.env.sort();
    execution
}

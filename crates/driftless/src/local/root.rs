//! Roots: images unpacked for tasks, one directory per digest, shared by all tasks of that image.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use oci::{Digest, Execution, Layout};

use super::place::Place;
use crate::release::Image;

/// The file that keeps the image's config beside its files.
const CONFIG: &str = "config.json";
/// The directory of the image's files.
const FILES: &str = "root";

/// An unpacked image.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    pub(crate) digest: Digest,
    /// The image's files.
    pub(crate) files: PathBuf,
    /// How it is run.
    pub(crate) execution: Execution,
}

/// Unpacks the image in the layout `layout`, after verifying all of it; or takes the root that is there already.
pub(crate) fn unpack(place: &Place, service: &str, image: &Image, layout: &Path) -> anyhow::Result<Root> {
    let directory = directory(place, image.digest);
    if !directory.is_dir() {
        publish(&directory, service, image, layout)?;
    }
    open(image.digest, &directory)
        .with_context(|| format!("reading `{}`\nhint: remove it; it will be unpacked again", directory.display()))
}

fn publish(directory: &Path, service: &str, image: &Image, layout: &Path) -> anyhow::Result<()> {
    if let Err(mismatches) = oci::verify(layout) {
        let mismatches: Vec<_> = mismatches.iter().map(|mismatch| format!("\n  {mismatch}")).collect();
        bail!("the image of `{service}` is not what it says it is:{}\nhint: build it again", mismatches.concat());
    }
    let layout = Layout::open(layout)?;
    ensure!(
        layout.digest() == image.digest,
        "the image of `{service}` is `{}`, the release says `{}`\nhint: build the bundle again",
        layout.digest(),
        image.digest
    );
    let staging = staging(directory);
    remove(&staging)?;
    fs::create_dir(&staging).with_context(|| format!("making `{}`", staging.display()))?;
    oci::unpack(&layout, &staging.join(FILES))?;
    // The image's user enters it, who may be another than ours.
    fs::set_permissions(staging.join(FILES), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let config = serde_json::to_vec(&layout.config().config)?;
    fs::write(staging.join(CONFIG), config).with_context(|| format!("writing into `{}`", staging.display()))?;
    fs::rename(&staging, directory).with_context(|| format!("making `{}`", directory.display()))
}

fn open(digest: Digest, directory: &Path) -> anyhow::Result<Root> {
    let execution: Execution = serde_json::from_slice(&fs::read(directory.join(CONFIG))?)?;
    Ok(Root { digest, files: directory.join(FILES), execution })
}

/// Removes every root but those of `kept`.
pub(crate) fn sweep(place: &Place, kept: &BTreeSet<Digest>) -> anyhow::Result<()> {
    let kept: BTreeSet<_> = kept.iter().map(Digest::hex).collect();
    for entry in fs::read_dir(place.roots())? {
        let entry = entry?;
        if entry.file_name().to_str().is_none_or(|name| !kept.contains(name)) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

fn directory(place: &Place, digest: Digest) -> PathBuf {
    place.roots().join(digest.hex())
}

/// Only the one engine of a place unpacks, so one name is enough.
fn staging(directory: &Path) -> PathBuf {
    directory.with_extension("new")
}

fn remove(path: &Path) -> anyhow::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    unlock(path);
    fs::remove_dir_all(path).with_context(|| format!("removing `{}`", path.display()))
}

/// Makes read-only directories of an image removable. What cannot be changed fails when it is removed.
pub(super) fn unlock(path: &Path) {
    let _ = fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).for_each(|entry| unlock(&entry.path()));
}

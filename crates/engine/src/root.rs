//! Roots: images unpacked for tasks, one directory per digest, shared by all tasks of that image.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use hint::Hint;
use oci::{Digest, Execution, Image, Layout, LeftOut};

use crate::mount_points;

use super::data_directory::{DataDirectory, make_removable};

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

impl Root {
    /// Program and arguments; those that are given stand for the image's, whose arguments are those of its own entrypoint.
    pub(crate) fn command(&self, entrypoint: &[String], arguments: &[String]) -> Vec<String> {
        let image = &self.execution;
        if entrypoint.is_empty() && arguments.is_empty() {
            return image.command().map(str::to_owned).collect();
        }
        let entrypoint = if entrypoint.is_empty() { &image.entrypoint } else { entrypoint };
        entrypoint.iter().chain(arguments).cloned().collect()
    }
}

/// Who has built an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builder {
    /// Driftless, of one program: it has to verify.
    Ours,
    /// Anybody.
    Any,
}

/// Verifies and unpacks the image in the layout `layout`, unless its root exists already. `note` is told what of the image its
/// root does not have.
pub(crate) fn unpack(
    data: &DataDirectory,
    service: &str,
    image: &Image,
    layout: &Path,
    builder: Builder,
    note: impl FnOnce(&str),
) -> anyhow::Result<Root> {
    let directory = directory(data, image.digest);
    if !directory.is_dir() {
        let left_out = publish(&directory, service, image, layout, builder)?;
        if let Some(said) = said(service, &left_out) {
            note(&said);
        }
    }
    open(image.digest, &directory)
        .with_context(|| format!("reading `{}`", directory.display()))
        .hint("remove it; it will be unpacked again")
}

fn publish(directory: &Path, service: &str, image: &Image, layout: &Path, builder: Builder) -> anyhow::Result<LeftOut> {
    if builder == Builder::Ours
        && let Err(mismatches) = oci::verify(layout)
    {
        let mismatches: Vec<_> = mismatches.iter().map(|mismatch| format!("\n  {mismatch}")).collect();
        hint::bail!("the image of `{service}` is damaged:{}", mismatches.concat(), hint = "build it again");
    }
    let layout = Layout::open(layout)?;
    hint::ensure!(
        layout.digest() == image.digest,
        "the image of `{service}` is `{}`, but the release names `{}`",
        layout.digest(),
        image.digest,
        hint = "build the bundle again"
    );
    let staging = staging(directory);
    remove(&staging)?;
    fs::create_dir(&staging).with_context(|| format!("creating `{}`", staging.display()))?;
    let files = staging.join(FILES);
    let left_out = match builder {
        Builder::Ours => oci::unpack(&layout, &files).map(|()| LeftOut::default())?,
        Builder::Any => {
            let owners = rustix::process::geteuid().is_root();
            let left_out = oci::unpack_foreign(&layout, &files, owners)
                .with_context(|| format!("unpacking the image of `{service}`"))?;
            mount_points::make(&files).with_context(|| format!("preparing the image of `{service}`"))?;
            left_out
        }
    };
    // The image's user must be able to enter it, and may be another than this process's.
    fs::set_permissions(staging.join(FILES), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let config = serde_json::to_vec(&layout.config().config)?;
    fs::write(staging.join(CONFIG), config).with_context(|| format!("writing into `{}`", staging.display()))?;
    fs::rename(&staging, directory).with_context(|| format!("creating `{}`", directory.display()))?;
    Ok(left_out)
}

/// What a task of the image will not find.
fn said(service: &str, left_out: &LeftOut) -> Option<String> {
    const SHOWN: usize = 3;
    let list = |paths: &[String]| {
        let more = if paths.len() > SHOWN { format!(" and {} more", paths.len() - SHOWN) } else { String::new() };
        let shown: Vec<_> = paths.iter().take(SHOWN).map(|path| format!("`/{}`", path.escape_debug())).collect();
        shown.join(", ") + &more
    };
    let LeftOut { privileges, special } = left_out;
    let privileges =
        (!privileges.is_empty()).then(|| format!("without set-user-id or set-group-id: {}", list(privileges)));
    let special = (!special.is_empty()).then(|| format!("left out as devices or pipes: {}", list(special)));
    let parts: Vec<_> = privileges.into_iter().chain(special).collect();
    (!parts.is_empty()).then(|| format!("the image of `{service}` is unpacked {}", parts.join("; ")))
}

fn open(digest: Digest, directory: &Path) -> anyhow::Result<Root> {
    let execution: Execution = serde_json::from_slice(&fs::read(directory.join(CONFIG))?)?;
    Ok(Root { digest, files: directory.join(FILES), execution })
}

/// Removes every root but those of `kept`.
pub(crate) fn sweep(data: &DataDirectory, kept: &BTreeSet<Digest>) -> anyhow::Result<()> {
    let kept: BTreeSet<_> = kept.iter().map(Digest::hex).collect();
    for entry in fs::read_dir(data.roots())? {
        let entry = entry?;
        if entry.file_name().to_str().is_none_or(|name| !kept.contains(name)) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

fn directory(data: &DataDirectory, digest: Digest) -> PathBuf {
    data.roots().join(digest.hex())
}

/// A data directory has one engine, and only that one unpacks: one name is enough.
fn staging(directory: &Path) -> PathBuf {
    directory.with_extension("new")
}

fn remove(path: &Path) -> anyhow::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    make_removable(path);
    fs::remove_dir_all(path).with_context(|| format!("removing `{}`", path.display()))
}

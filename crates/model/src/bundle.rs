//! A bundle: everything a deployment needs, in one directory that never changes.
//!
//! `release.json`, `stack.json`, `build.json`, `images/<service>/` with an OCI layout each, and
//! `terraform/<root>/config.tf.json`.

mod assemble;
mod build;
mod chosen;
mod terraform;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::Serialize;

use self::build::Build;
pub use self::{assemble::assemble, build::Revision, chosen::for_environment};
use crate::{release::Release, stack::Stack};

/// The release.
pub const RELEASE: &str = "release.json";
/// The stack alone, for other tools.
pub const STACK: &str = "stack.json";
/// What it was built from.
pub const BUILD: &str = "build.json";
/// Directory of the image layouts, one per service.
pub const IMAGES: &str = "images";
/// Directory of the Terraform roots.
pub const TERRAFORM: &str = "terraform";

/// A bundle whose release has been read.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// Where it is.
    pub directory: PathBuf,
    /// What it holds.
    pub release: Release,
    /// The commit that it was built from, if that is known.
    pub revision: Option<Revision>,
}

impl Bundle {
    /// Opens the bundle in `directory`, checking that each image of the release is there under its digest. The blobs
    /// themselves are checked by whoever uses them.
    pub fn open(directory: &Path) -> anyhow::Result<Self> {
        let release = Release::read(&directory.join(RELEASE))?;
        let revision = Build::revision(&directory.join(BUILD))?;
        let bundle = Self { directory: directory.to_owned(), release, revision };
        for (service, image) in &bundle.release.images {
            let path = bundle.layout(service);
            let layout = oci::Layout::open(&path).with_context(|| format!("opening the image of `{service}`"))?;
            hint::ensure!(
                layout.descriptor().digest == image.digest,
                "the image of `{service}` is `{}`, but the release names `{}`",
                layout.descriptor().digest,
                image.digest,
                hint = "build the bundle again"
            );
        }
        Ok(bundle)
    }

    /// The image layout of `service`.
    pub fn layout(&self, service: &str) -> PathBuf {
        self.directory.join(IMAGES).join(service)
    }

    /// Directory of the Terraform root `name`.
    pub fn root(&self, name: &str) -> PathBuf {
        self.directory.join(TERRAFORM).join(name)
    }
}

/// A bundle in the making, invisible until it is whole.
#[derive(Debug)]
pub struct Staging {
    directory: oci::Staging,
    out: PathBuf,
}

impl Staging {
    /// Starts a bundle that will be published as `out`. `out` may be missing, empty, or an older bundle.
    pub fn beside(out: &Path) -> anyhow::Result<Self> {
        let occupied = fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
        hint::ensure!(
            !occupied || out.join(RELEASE).is_file(),
            "`{}` is not empty, and not a bundle",
            out.display(),
            hint = "name another directory"
        );
        Ok(Self { directory: oci::Staging::beside(out)?, out: out.to_owned() })
    }

    /// Where it is made.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Where the layout of `service` goes.
    pub fn layout(&self, service: &str) -> PathBuf {
        self.directory.path().join(IMAGES).join(service)
    }

    /// Copies the Terraform roots of `stack` from `rendered`, where they are beside its `stack.json`.
    pub fn terraform(&self, stack: &Stack, rendered: &Path) -> anyhow::Result<()> {
        terraform::copy(stack, rendered, &self.directory.path().join(TERRAFORM))
    }

    /// Writes the documents and puts the bundle in place. It was built from `revision`, if that is known.
    pub fn publish(self, release: &Release, revision: Option<Revision>) -> anyhow::Result<Bundle> {
        write_json(&self.directory.path().join(STACK), &release.stack)?;
        write_json(&self.directory.path().join(RELEASE), release)?;
        write_json(&self.directory.path().join(BUILD), &Build::of(revision))?;
        self.directory.publish_over()?;
        Bundle::open(&self.out)
    }
}

fn write_json(path: &Path, document: &impl Serialize) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    fs::write(path, text).with_context(|| format!("writing `{}`", path.display()))
}

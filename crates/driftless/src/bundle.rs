//! A bundle: everything a deployment needs, in one directory that never changes.
//!
//! `release.json`, `stack.json`, `images/<service>/` with an OCI layout each, and `terraform/<root>/config.tf.json`.

mod assemble;
mod terraform;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use serde::Serialize;

pub use self::assemble::assemble;
use crate::{release::Release, stack::Stack};

/// The release.
pub const RELEASE: &str = "release.json";
/// The stack alone, for other tools.
pub const STACK: &str = "stack.json";
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
}

impl Bundle {
    /// Opens the bundle in `directory`, checking that each image of the release is there under its digest. The blobs
    /// themselves are checked by whoever uses them.
    pub fn open(directory: &Path) -> anyhow::Result<Self> {
        let release = Release::read(&directory.join(RELEASE))?;
        let bundle = Self { directory: directory.to_owned(), release };
        for (service, image) in &bundle.release.images {
            let path = bundle.layout(service);
            let layout = oci::Layout::open(&path).with_context(|| format!("opening the image of `{service}`"))?;
            ensure!(
                layout.descriptor().digest == image.digest,
                "the image of `{service}` is `{}`, the release says `{}`\nhint: build the bundle again",
                layout.descriptor().digest,
                image.digest
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
        ensure!(
            !occupied || out.join(RELEASE).is_file(),
            "`{}` holds something that is no bundle\nhint: name another directory",
            out.display()
        );
        Ok(Self { directory: oci::Staging::beside(out)?, out: out.to_owned() })
    }

    /// Where the layout of `service` goes.
    pub fn layout(&self, service: &str) -> PathBuf {
        self.directory.path().join(IMAGES).join(service)
    }

    /// Copies the Terraform roots of `stack` from `rendered`, where they are beside its `stack.json`.
    pub fn terraform(&self, stack: &Stack, rendered: &Path) -> anyhow::Result<()> {
        terraform::copy(stack, rendered, &self.directory.path().join(TERRAFORM))
    }

    /// Writes the documents and puts the bundle in place.
    pub fn publish(self, release: &Release) -> anyhow::Result<Bundle> {
        write_json(&self.directory.path().join(STACK), &release.stack)?;
        write_json(&self.directory.path().join(RELEASE), release)?;
        self.directory.publish_over()?;
        Bundle::open(&self.out)
    }
}

fn write_json(path: &Path, document: &impl Serialize) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    fs::write(path, text).with_context(|| format!("writing `{}`", path.display()))
}

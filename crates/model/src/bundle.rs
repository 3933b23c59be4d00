//! A bundle: everything a deployment needs, in one directory that never changes.
//!
//! `release.json`, `stack.json`, `build.json`, `images/<service>/` with an OCI layout each, and
//! `terraform/<root>/config.tf.json`.

mod assemble;
mod build;
mod chosen;
mod terraform;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use oci::Platform;
use serde::Serialize;

pub use self::{
    assemble::assemble,
    build::{Build, Revision},
    chosen::for_environment,
};
use crate::{pulled, release::Release, stack::Stack};

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
    /// What it was built from.
    pub build: Build,
    /// Layouts that are elsewhere: those of images that were pulled.
    pulled: BTreeMap<String, PathBuf>,
}

impl Bundle {
    /// Opens the bundle in `directory`, checking that each image of the release is there under its digest. The blobs
    /// themselves are checked by whoever uses them.
    pub fn open(directory: &Path) -> anyhow::Result<Self> {
        let release = Release::read(&directory.join(RELEASE))?;
        let build = Build::read(&directory.join(BUILD))?;
        let mut bundle = Self { directory: directory.to_owned(), release, build, pulled: BTreeMap::new() };
        bundle.find_pulled()?;
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
        for (name, service) in &bundle.release.stack.services {
            if service.user.is_none() {
                check_user(name, &bundle.layout(name))?;
            }
        }
        Ok(bundle)
    }

    /// The image layout of `service`.
    pub fn layout(&self, service: &str) -> PathBuf {
        self.pulled.get(service).cloned().unwrap_or_else(|| self.directory.join(IMAGES).join(service))
    }

    /// The platform of the image of `service`: that of the images that are there, of the environments, or of this machine.
    pub fn platform(&self, service: &str) -> Platform {
        let mut built = self.release.images.values().map(|image| image.platform);
        let first = built.next().filter(|first| built.all(|other| other == *first));
        let here = if cfg!(target_arch = "aarch64") { Platform::LINUX_ARM64 } else { Platform::LINUX_AMD64 };
        first.or_else(|| self.release.stack.platform(service)).unwrap_or(here)
    }

    /// Names the images that were pulled before.
    fn find_pulled(&mut self) -> anyhow::Result<()> {
        let mut found = Vec::new();
        for (service, reference) in self.release.pending() {
            let path = pulled::layout(&reference, self.platform(&service))?;
            if path.is_dir() {
                found.push((service, path));
            }
        }
        for (service, path) in found {
            let layout = oci::Layout::open(&path).with_context(|| format!("opening the image of `{service}`"))?;
            self.release.images.insert(service.clone(), layout.image());
            self.pulled.insert(service, path);
        }
        Ok(())
    }

    /// Directory of the Terraform root `name`.
    pub fn root(&self, name: &str) -> PathBuf {
        self.directory.join(TERRAFORM).join(name)
    }
}

/// An error if the image in `layout` starts as root: nothing else is said of who runs it.
fn check_user(service: &str, layout: &Path) -> anyhow::Result<()> {
    let Ok(layout) = oci::Layout::open(layout) else { return Ok(()) };
    let user = &layout.config().config.user;
    let root = |id: &str| matches!(id, "" | "root") || id.parse() == Ok(0);
    hint::ensure!(
        !user.split(':').any(root),
        "the image of `{service}` starts as root, and the service as nobody else",
        hint = "say another in infra.nix: `services.{service}.user = \"65532:65532\"`"
    );
    Ok(())
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

    /// Writes the documents and puts the bundle in place.
    pub fn publish(self, release: &Release, build: &Build) -> anyhow::Result<Bundle> {
        write_json(&self.directory.path().join(STACK), &release.stack)?;
        write_json(&self.directory.path().join(RELEASE), release)?;
        write_json(&self.directory.path().join(BUILD), build)?;
        self.directory.publish_over()?;
        Bundle::open(&self.out)
    }
}

fn write_json(path: &Path, document: &impl Serialize) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    fs::write(path, text).with_context(|| format!("writing `{}`", path.display()))
}

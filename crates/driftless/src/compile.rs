//! From sources to images, without Nix: `cargo` compiles static binaries, our packer makes images of them.

mod artifact;
pub(crate) mod ca_bundle;
mod cargo;
pub(crate) mod packages;
mod revision;
mod target;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Context;
use model::{
    bundle::{self, Build, Bundle, Revision},
    progress::Progress,
    project::Project,
    release::{self, Release},
    stack::ImageSource,
    stack::Service,
};
use oci::{Compression, ImageSpec};

use self::ca_bundle::CaBundle;

/// What a build can be told.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The certificates that the services trust, as PEM; if none, Mozilla's as pinned in `Cargo.lock`.
    pub ca_bundle: Option<PathBuf>,
    /// How layers are compressed.
    pub compression: Compression,
}

/// What pins the versions that cargo compiles.
const LOCK: &str = "Cargo.lock";

/// An error if an image takes more than cargo.
fn check(project: &Project) -> anyhow::Result<()> {
    for (name, service) in &project.stack.services {
        let what = match &service.image {
            ImageSource::Nix => "the image",
            ImageSource::Program if service.time_zones => "the image, for its time zones,",
            _ => continue,
        };
        hint::bail!(
            "{what} of `{name}` is built by Nix alone",
            hint = "`nix run .#up`, or `nix build .#bundle` and `--bundle result`"
        );
    }
    Ok(())
}

/// Builds every service of `project` and puts the bundle into `out`, which appears or changes in one step.
pub fn bundle(project: &Project, out: &Path, options: &Options, progress: &dyn Progress) -> anyhow::Result<Bundle> {
    let before = revision::checked_out(&project.directory, &[out]);
    let staging = bundle::Staging::beside(out)?;
    let platform = target::platform()?;
    check(project)?;
    let programs = project.stack.services.values().filter(|service| service.image.is_program());
    let programs = programs.map(Service::program).collect();
    let binaries = cargo::build(&project.directory, &programs, progress)?;
    let ca_bundle = CaBundle::of(options.ca_bundle.as_deref())?;
    let mut images = BTreeMap::new();
    for (name, service) in &project.stack.services {
        if service.image.is_reference() {
            continue;
        }
        let step = progress.step(&format!("packing image `{name}`"));
        if let ImageSource::Layout(layout) = &service.image {
            let image = oci::adopt(&project.directory.join(layout), platform, &staging.layout(name))
                .with_context(|| format!("copying image `{name}`"))?;
            step.done(&image.digest.to_string());
            images.insert(name.clone(), image);
            continue;
        }
        let compiled = &binaries[&service.program()];
        let program = packages::carrying(&compiled.path, &compiled.packages)?;
        let files = service.files.iter().map(|(path, file)| (path.clone(), project.directory.join(file)));
        let spec = ImageSpec {
            binary: program.path().to_owned(),
            ca_bundle: ca_bundle.path().to_owned(),
            platform: Some(platform),
            compression: options.compression,
            files: files.collect(),
            created: service.created.clone(),
            annotations: BTreeMap::new(),
        };
        let image =
            oci::build_image(&spec, &staging.layout(name)).with_context(|| format!("packing image `{name}`"))?;
        step.done(&image.digest.to_string());
        images.insert(name.clone(), image);
    }
    staging.terraform(&project.stack, &project.rendered())?;
    // A build takes minutes: what was changed meanwhile may be in it.
    let after = revision::checked_out(&project.directory, &[out, staging.directory()]);
    let revision = before.map(|before| Revision { clean: before.clean && after.as_ref() == Some(&before), ..before });
    let (build, lock) = (Build::of(revision), project.directory.join(LOCK));
    let build = if lock.exists() { build.locked(LOCK, &lock)? } else { build };
    staging.publish(&Release { schema: release::SCHEMA, stack: project.stack.clone(), images }, &build)
}

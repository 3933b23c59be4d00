//! Makes a bundle of images that were built elsewhere, as Nix builds them: one by one.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use oci::{Image, Platform};

use super::{Build, Bundle, Staging};
use crate::{
    release::{self, Release},
    stack::Stack,
};

/// Puts `stack`, its Terraform roots from below `rendered`, and copies of the image layouts `layouts`, named after its
/// services, into the bundle `out` of `build`, which appears or changes in one step. Everything in each layout is verified first; an image by reference may be missing.
pub fn assemble(
    stack: Stack,
    rendered: &Path,
    layouts: &BTreeMap<String, PathBuf>,
    build: &Build,
    out: &Path,
) -> anyhow::Result<Bundle> {
    for (name, service) in &stack.services {
        hint::ensure!(
            layouts.contains_key(name) || service.image.is_reference(),
            "service `{name}` has no image",
            hint = "name its layout with `--image {name}=LAYOUT`"
        );
    }
    for name in layouts.keys() {
        ensure!(stack.services.contains_key(name), "image `{name}` has no service in the stack");
    }
    let staging = Staging::beside(out)?;
    let mut images = BTreeMap::new();
    for (service, layout) in layouts {
        let copying = || format!("copying the image of `{service}`");
        let image = if stack.services[service].image.is_program() {
            let image = verified(layout).with_context(|| format!("verifying the image of `{service}`"))?;
            copy(layout, &staging.layout(service)).with_context(copying)?;
            image
        } else {
            let platform = stack.platform(service).unwrap_or(Platform::LINUX_AMD64);
            oci::adopt(layout, platform, &staging.layout(service)).with_context(copying)?
        };
        images.insert(service.clone(), image);
    }
    staging.terraform(&stack, rendered)?;
    staging.publish(&Release { schema: release::SCHEMA, stack, images }, build)
}

fn verified(layout: &Path) -> anyhow::Result<Image> {
    match oci::verify(layout) {
        Ok(verified) => Ok(verified.image),
        Err(mismatches) => {
            let list: Vec<_> = mismatches.iter().map(|mismatch| format!("  {mismatch}")).collect();
            hint::bail!("`{}` is damaged:\n{}", layout.display(), list.join("\n"), hint = "build the image again")
        }
    }
}

/// Copies what is in the directory `from`, but not its permissions: a store's are read-only.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("making `{}`", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("reading `{}`", from.display()))? {
        let entry = entry.with_context(|| format!("reading `{}`", from.display()))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target)?;
        } else {
            copy_file(&source, &target).with_context(|| format!("copying `{}`", source.display()))?;
        }
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    io::copy(&mut File::open(from)?, &mut File::create(to)?)?;
    Ok(())
}

//! What differs inside the images of two releases: settings, layers, files.

use std::{collections::BTreeMap, path::Path};

use anyhow::Context;
use hint::ErrorReport;
use oci::{Digest, Layout};
use registry::{self, Events, Outline, Reference, Registry};
use serde::Serialize;

use super::images;
use crate::{Site, record::Record};

/// What became of the image of a service.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Contents {
    /// How the two differ.
    Compared(oci::Difference),
    /// They could not be read.
    Unread {
        /// Why, and what to do about it.
        unread: String,
    },
}

/// Compares the images that differ between two releases, by service. Of each image, what the other does not have is
/// fetched from the account's registry. An image that is gone from there makes no error of it.
pub async fn contents(site: &Site, from: &Record, to: &Record) -> anyhow::Result<BTreeMap<String, Contents>> {
    let changed: Vec<_> = from
        .release
        .images
        .iter()
        .filter(|(service, image)| to.release.images.get(*service).is_some_and(|other| other.digest != image.digest))
        .map(|(service, _)| service)
        .collect();
    if changed.is_empty() {
        return Ok(BTreeMap::new());
    }
    let step = site.progress.step("comparing images");
    let registry = images::registry(site, &to.release.stack, &Events::none()).await?;
    let temporary = tempfile::tempdir().context("making a temporary directory")?;
    let mut contents = BTreeMap::new();
    for service in changed {
        let compared = compare(&registry, service, (from, to), &temporary.path().join(service)).await;
        let compared = compared
            .map_or_else(|error| Contents::Unread { unread: ErrorReport::of(&error).to_string() }, Contents::Compared);
        contents.insert(service.clone(), compared);
    }
    step.done("");
    Ok(contents)
}

async fn compare(
    registry: &Registry,
    service: &str,
    (from, to): (&Record, &Record),
    temporary: &Path,
) -> anyhow::Result<oci::Difference> {
    let (from, to) = (reference(registry, from, service)?, reference(registry, to, service)?);
    let outline =
        async |reference| registry::outline(registry, reference, None).await.map(|Outline { layers, .. }| layers);
    let shared = outline(&from).await?.intersection(&outline(&to).await?).copied().collect();
    let fetch = async |reference, name| -> anyhow::Result<Layout> {
        let out = temporary.join(name);
        registry::pull_without(registry, reference, None, &shared, &out).await?;
        Layout::open(&out).with_context(|| format!("opening `{reference}`"))
    };
    let layouts = (fetch(&from, "from").await?, fetch(&to, "to").await?);
    oci::difference(&layouts.0, &layouts.1).with_context(|| format!("comparing `{from}` with `{to}`"))
}

/// The image of a service in a release, where that pushed it.
fn reference(registry: &Registry, record: &Record, service: &str) -> anyhow::Result<Reference> {
    let lacks = || format!("release {} has no `{service}`", record.number);
    let environment = record.release.stack.environment(&record.environment)?;
    let repository = environment.services.get(service).with_context(lacks)?.repository.clone();
    let digest: Digest = record.release.image(service)?.digest;
    Ok(Reference { endpoint: registry.endpoint().clone(), repository, tag: None, digest: Some(digest) })
}

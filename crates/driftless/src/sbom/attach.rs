//! Lists for images that were pushed: good to have, and never a reason to fail.

use std::path::Path;

use anyhow::Context;
use oci::Digest;

use super::{Sources, of_lock, of_program};
use crate::registry::{self, Attachment, Registry};

/// Attaches the list of the image in `layout`, which was pushed to `repository`, if there is one to be had. What goes
/// wrong is told as a warning.
pub async fn attach(registry: &Registry, repository: &str, digest: &Digest, layout: &Path, sources: Option<Sources>) {
    let directory = layout.to_owned();
    // Cargo takes a while to answer.
    let list = tokio::task::spawn_blocking(move || list(&directory, sources.as_ref())).await;
    let attached = async {
        let Some(list) = list.context("making the list")?? else { return Ok(()) };
        registry::attach(registry, repository, digest, &list).await.map(drop)
    };
    if let Err(error) = attached.await {
        registry.warn(format!("attaching a parts list to `{repository}@{digest}`: {error:#}"));
    }
}

fn list(layout: &Path, sources: Option<&Sources>) -> anyhow::Result<Option<Attachment>> {
    match (of_program(layout)?, sources) {
        (Some(list), _) => Ok(Some(list)),
        (None, Some(sources)) => of_lock(layout, sources).map(Some),
        (None, None) => Ok(None),
    }
}

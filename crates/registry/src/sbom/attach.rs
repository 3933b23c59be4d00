//! Attaches lists to images that were pushed; an error is only a warning.

use std::path::Path;

use anyhow::Context;
use hint::ErrorReport;
use oci::Digest;

use super::of_program;
use crate::{Registry, referrers};

/// Attaches the list of the image in `layout`, which was pushed to `repository`, if its program carries one. An error
/// becomes a [`TransferEvent::Warning`](crate::TransferEvent::Warning).
pub async fn attach(registry: &Registry, repository: &str, digest: &Digest, layout: &Path) {
    let directory = layout.to_owned();
    // It is in a layer, which takes a while to unpack.
    let list = tokio::task::spawn_blocking(move || of_program(&directory)).await;
    let attached = async {
        let Some(list) = list.context("creating the list")?? else { return Ok(()) };
        referrers::attach(registry, repository, digest, &list).await.map(drop)
    };
    if let Err(error) = attached.await {
        let error = error.context(format!("attaching the list of packages to `{repository}@{digest}`"));
        registry.warn(ErrorReport::of(&error).to_string());
    }
}

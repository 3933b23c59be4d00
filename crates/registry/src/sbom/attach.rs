//! Attaches lists to images that were pushed; an error is only a warning.

use std::path::Path;

use anyhow::Context;
use hint::ErrorReport;
use oci::Digest;

use super::{Sources, of_lock, of_program};
use crate::{Attachment, Registry, referrers};

/// Attaches the list of the image in `layout`, which was pushed to `repository`, if the program contains one or `sources`
/// are known. An error becomes a [`TransferEvent::Warning`](crate::TransferEvent::Warning).
pub async fn attach(registry: &Registry, repository: &str, digest: &Digest, layout: &Path, sources: Option<Sources>) {
    let directory = layout.to_owned();
    // Cargo takes a while to answer.
    let list = tokio::task::spawn_blocking(move || list(&directory, sources.as_ref())).await;
    let attached = async {
        let Some(list) = list.context("creating the list")?? else { return Ok(()) };
        referrers::attach(registry, repository, digest, &list).await.map(drop)
    };
    if let Err(error) = attached.await {
        let error = error.context(format!("attaching the list of packages to `{repository}@{digest}`"));
        registry.warn(ErrorReport::of(&error).to_string());
    }
}

/// The list of the image in `layout`, from its program or, if they are known, from its `sources`.
pub(crate) fn list(layout: &Path, sources: Option<&Sources>) -> anyhow::Result<Option<Attachment>> {
    match (of_program(layout)?, sources) {
        (Some(list), _) => Ok(Some(list)),
        (None, Some(sources)) => of_lock(layout, sources).map(Some),
        (None, None) => Ok(None),
    }
}

//! Pushes images with what is known of them: their lists of packages and, with a key, their signatures.

use std::path::PathBuf;

use anyhow::Context;
use futures_util::future::{join_all, try_join_all};
use oci::Digest;
use signing::{Build, PACKAGES, PROVENANCE, SIGNATURE, Signer, Statement};

use crate::{Job, Pushed, Registry, push, sbom, signatures};

/// An image to push, and where it is from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The image.
    pub job: Job,
    /// How it was built, if that is known.
    pub build: Option<Build>,
}

/// Pushes `images` as [`push()`] does, and [attaches](sbom::attach()) its list of packages to each image that was sent. With
/// a `signer`, sees to it that each has been signed with its key: the image, what it was built from, what is in it.
pub async fn publish(
    registry: &Registry,
    images: Vec<Origin>,
    signer: Option<&dyn Signer>,
) -> anyhow::Result<Vec<Pushed>> {
    let jobs: Vec<_> = images.iter().map(|image| image.job.clone()).collect();
    let pushed = push(registry, &jobs).await?;
    let sent = pushed.iter().zip(&images).filter(|(image, _)| !image.up_to_date);
    let attach = |(image, from): (&Pushed, &Origin)| {
        let (repository, digest, layout) = (image.repository.clone(), image.digest, from.job.layout.clone());
        async move { sbom::attach(registry, &repository, &digest, &layout).await }
    };
    join_all(sent.map(attach)).await;
    if let Some(signer) = signer {
        try_join_all(pushed.iter().zip(images).map(|(image, from)| sign(registry, image, from, signer))).await?;
    }
    Ok(pushed)
}

/// Signs what has not been signed with this key: an image that is pushed again gets nothing twice.
async fn sign(registry: &Registry, image: &Pushed, from: Origin, signer: &dyn Signer) -> anyhow::Result<()> {
    let Pushed { repository, digest, .. } = image;
    let known = signatures::said(registry, repository, digest, signer.key()).await?;
    let lacks = |kind| known.of(kind).is_none();
    let mut statements = Vec::new();
    if let (Some(build), true) = (&from.build, lacks(PROVENANCE)) {
        statements.push(build.of(*digest));
    }
    if lacks(PACKAGES) {
        statements.extend(packages(*digest, from.job.layout).await?);
    }
    // Last: who finds it finds the others.
    if lacks(SIGNATURE) {
        statements.push(Statement::signature(*digest));
    }
    signatures::sign(registry, repository, digest, signer, &statements).await
}

/// What is in the image, if that is known.
async fn packages(digest: Digest, layout: PathBuf) -> anyhow::Result<Option<Statement>> {
    let list = tokio::task::spawn_blocking(move || sbom::of_program(&layout)).await;
    let list = list.context("creating the list of packages")??;
    let statement =
        |list: crate::Attachment| anyhow::Ok(Statement::new(PACKAGES, digest, serde_json::from_slice(&list.bytes)?));
    list.map(statement).transpose()
}

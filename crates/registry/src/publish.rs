//! Pushes images with what is known of them: their lists of packages and, with a key, their signatures.

use std::path::PathBuf;

use anyhow::Context;
use futures_util::future::{join_all, try_join_all};
use oci::Digest;
use signing::{Build, PACKAGES, PROVENANCE, SIGNATURE, Signatory, Signer, Statement};

use crate::{Job, Pushed, Registry, keyless::Keyless, push, sbom, signatures};

/// An image to push, and where it is from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The image.
    pub job: Job,
    /// How it was built, if that is known.
    pub build: Option<Build>,
}

/// What signs.
#[derive(Clone, Copy)]
pub enum By<'a> {
    /// A key.
    Key(&'a dyn Signer),
    /// Somebody's identity.
    Identity(&'a Keyless),
}

impl By<'_> {
    /// Whose signatures these are.
    fn who(&self) -> &dyn Signatory {
        match self {
            Self::Key(signer) => signer.key(),
            Self::Identity(keyless) => keyless.who(),
        }
    }

    /// The signed bundle of `statement`, which is about `subject`.
    pub(crate) async fn bundle(&self, statement: &Statement, subject: Digest) -> anyhow::Result<Vec<u8>> {
        match self {
            Self::Key(signer) => Ok(signing::sign(*signer, statement).await?.json()),
            Self::Identity(keyless) => keyless.sign(statement, subject).await,
        }
    }
}

/// Pushes `images` as [`push()`] does, and [attaches](sbom::attach()) its list of packages to each image that was sent. With
/// somebody to sign, sees to it that each has been signed by all of them: the image, what it was built from, what is in it.
pub async fn publish(registry: &Registry, images: Vec<Origin>, signers: &[By<'_>]) -> anyhow::Result<Vec<Pushed>> {
    let jobs: Vec<_> = images.iter().map(|image| image.job.clone()).collect();
    let pushed = push(registry, &jobs).await?;
    let sent = pushed.iter().zip(&images).filter(|(image, _)| !image.up_to_date);
    let attach = |(image, from): (&Pushed, &Origin)| {
        let (repository, digest, layout) = (image.repository.clone(), image.digest, from.job.layout.clone());
        async move { sbom::attach(registry, &repository, &digest, &layout).await }
    };
    join_all(sent.map(attach)).await;
    for by in signers {
        try_join_all(pushed.iter().zip(&images).map(|(image, from)| sign(registry, image, from, *by))).await?;
    }
    Ok(pushed)
}

/// Signs what they have not signed yet: an image that is pushed again gets nothing twice.
async fn sign(registry: &Registry, image: &Pushed, from: &Origin, by: By<'_>) -> anyhow::Result<()> {
    let Pushed { repository, digest, .. } = image;
    let known = signatures::said(registry, repository, digest, by.who()).await?;
    let lacks = |kind| known.of(kind).is_none();
    let mut statements = Vec::new();
    if let (Some(build), true) = (&from.build, lacks(PROVENANCE)) {
        statements.push(build.of(*digest));
    }
    if lacks(PACKAGES) {
        statements.extend(packages(*digest, from.job.layout.clone()).await?);
    }
    // Last: who finds it finds the others.
    if lacks(SIGNATURE) {
        statements.push(Statement::signature(*digest));
    }
    signatures::sign(registry, repository, digest, by, &statements).await
}

/// What is in the image, if that is known.
async fn packages(digest: Digest, layout: PathBuf) -> anyhow::Result<Option<Statement>> {
    let list = tokio::task::spawn_blocking(move || sbom::of_program(&layout)).await;
    let list = list.context("creating the list of packages")??;
    let statement =
        |list: crate::Attachment| anyhow::Ok(Statement::new(PACKAGES, digest, serde_json::from_slice(&list.bytes)?));
    list.map(statement).transpose()
}

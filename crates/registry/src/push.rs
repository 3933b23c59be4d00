//! Pushes layouts: blobs that the registry has are skipped, others are mounted or sent, tags move last.

mod blob;
mod tag;

use std::path::PathBuf;

use anyhow::Context;
use futures_util::future::try_join_all;
use oci::{Digest, Tree};
use serde::Serialize;

use self::blob::BlobLocations;
use super::{Reference, Registry, Transfer, TransferEvent, manifests::accept, reference::check_tag};

/// Digits of a digest that are its tag: 64 bits, too many for a collision within a repository.
const TAG_DIGITS: usize = 16;

/// An image to push.
#[derive(Clone, Debug)]
pub struct Job {
    /// The layout's directory.
    pub layout: PathBuf,
    /// Such as `items/backend`, without the registry.
    pub repository: String,
    /// The tag to move to the image. Without one the image has its digest only.
    pub tag: Option<String>,
}

/// An image that was pushed.
#[derive(Clone, Debug, Serialize)]
pub struct Pushed {
    /// Such as `items/backend`, without the registry.
    pub repository: String,
    /// The tag of the [`Job`].
    pub tag: Option<String>,
    /// The digest that the registry has confirmed.
    pub digest: Digest,
    /// Bytes of manifests, configs and compressed layers.
    pub size: u64,
    /// True if the registry had it under its tag before: nothing was sent.
    pub up_to_date: bool,
}

/// Pushes images to `registry`, all at the same time. A blob of several images is sent once and mounted in the other
/// repositories.
///
/// If anything fails, no tag was moved to an incomplete image. What was sent stays in the registry, and the next push does
/// not send it again.
pub async fn push(registry: &Registry, jobs: &[Job]) -> anyhow::Result<Vec<Pushed>> {
    let pushes = jobs.iter().map(|job| Push::begin(registry, job)).collect::<anyhow::Result<Vec<_>>>()?;
    let present = try_join_all(pushes.iter().map(Push::is_present)).await?;
    let locations = BlobLocations::new(registry.settings().parallel);
    for (push, present) in pushes.iter().zip(&present) {
        if *present {
            push.note_locations(&locations);
        }
    }
    let missing = pushes.iter().zip(&present).filter(|(_, present)| !**present).map(|(push, _)| push);
    try_join_all(missing.map(|push| push.send(&locations))).await?;
    Ok(pushes.iter().zip(present).map(|(push, present)| push.pushed(present)).collect())
}

/// A tag made of the first 16 digits of a digest, for images without a tag of their own. It never moves, so it works with
/// immutable tags, and where untagged images expire. A tag `sha256-…` of all digits has a meaning in the specification: it
/// lists the referrers of an image.
pub fn tag_of(digest: &Digest) -> String {
    digest.hex()[..TAG_DIGITS].to_owned()
}

/// The push of one image.
struct Push<'a> {
    registry: &'a Registry,
    job: &'a Job,
    tree: Tree,
    /// The tag, else the digest.
    version: String,
}

impl<'a> Push<'a> {
    fn begin(registry: &'a Registry, job: &'a Job) -> anyhow::Result<Self> {
        job.tag.as_deref().map_or(Ok(()), check_tag)?;
        let tree = Tree::open(&job.layout).with_context(|| format!("reading image `{}`", job.layout.display()))?;
        let version = job.tag.clone().unwrap_or_else(|| tree.root().digest.to_string());
        Ok(Self { registry, job, tree, version })
    }

    /// True if the registry has the image. This one request is all that a repeated push sends.
    async fn is_present(&self) -> anyhow::Result<bool> {
        let image = self.tree.root();
        let accept = accept(&image.media_type);
        let ask = || self.registry.manifest_digest(&self.job.repository, &self.version, accept);
        let found = self.registry.retrying(ask).await.with_context(|| self.pushing())?;
        let present = found == Some(image.digest);
        if present {
            self.report(image.digest, Transfer::Present);
        }
        Ok(present)
    }

    async fn send(&self, locations: &BlobLocations) -> anyhow::Result<()> {
        self.send_all(locations).await.with_context(|| self.pushing())
    }

    async fn send_all(&self, locations: &BlobLocations) -> anyhow::Result<()> {
        try_join_all(self.tree.blobs().iter().map(|blob| self.blob(blob, locations))).await?;
        let (image, children) = self.tree.manifests().split_last().context("an image has a manifest")?;
        for child in children {
            let version = child.digest.to_string();
            let put = || self.registry.put_manifest(&self.job.repository, &version, &child.media_type, &child.bytes);
            self.registry.retrying(put).await?;
            self.report(child.digest, Transfer::Uploaded);
        }
        self.publish(image).await?;
        self.report(image.digest, Transfer::Uploaded);
        Ok(())
    }

    fn note_locations(&self, locations: &BlobLocations) {
        for blob in self.tree.blobs() {
            locations.note(blob.digest, &self.job.repository);
        }
    }

    fn report(&self, digest: Digest, transfer: Transfer) {
        self.registry.report(TransferEvent::Manifest { repository: self.job.repository.clone(), digest, transfer });
    }

    fn pushed(&self, up_to_date: bool) -> Pushed {
        let Job { repository, tag, .. } = self.job.clone();
        Pushed { repository, tag, digest: self.tree.root().digest, size: self.tree.size(), up_to_date }
    }

    fn pushing(&self) -> String {
        let Job { repository, tag, .. } = self.job.clone();
        let digest = tag.is_none().then_some(self.tree.root().digest);
        let reference = Reference { endpoint: self.registry.endpoint().clone(), repository, tag, digest };
        format!("pushing `{}` to `{reference}`", self.job.layout.display())
    }
}

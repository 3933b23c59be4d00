//! Pushing layouts: what is there is left alone, what is missing is mounted or sent, tags move last.

mod blob;
mod tag;

use std::path::PathBuf;

use anyhow::Context;
use futures_util::future::try_join_all;
use oci::Digest;
use serde::Serialize;

use self::blob::Places;
use super::{Event, Outcome, Reference, Registry, manifests::accept, outbound::Outbound, reference::check_tag};

/// Digits of a digest that make a tag: 64 bits, which no two images of a repository share by chance.
const TAG_DIGITS: usize = 16;

/// An image to push.
#[derive(Clone, Debug)]
pub struct Job {
    /// The layout's directory.
    pub layout: PathBuf,
    /// Where to: a repository of the registry.
    pub repository: String,
    /// The name it gets there beside its digest, if any.
    pub tag: Option<String>,
}

/// An image that is in the registry now.
#[derive(Clone, Debug, Serialize)]
pub struct Pushed {
    /// Its repository.
    pub repository: String,
    /// Its tag, if it was given one.
    pub tag: Option<String>,
    /// Its digest, which the registry confirmed.
    pub digest: Digest,
    /// Bytes that the registry stores for it.
    pub size: u64,
    /// True if it was there before, under its tag: nothing was sent.
    pub up_to_date: bool,
}

/// Pushes images into `registry`, all at once. A blob that several of them have is sent once and mounted elsewhere.
///
/// If anything fails, no tag has been moved to an image that is not whole; what was sent stays, and is not sent again
/// by the next push.
pub async fn push(registry: &Registry, jobs: &[Job]) -> anyhow::Result<Vec<Pushed>> {
    let pushes = jobs.iter().map(|job| Push::begin(registry, job)).collect::<anyhow::Result<Vec<_>>>()?;
    let present = try_join_all(pushes.iter().map(Push::is_present)).await?;
    let places = Places::new(registry.settings().parallel);
    for (push, present) in pushes.iter().zip(&present) {
        if *present {
            push.note_places(&places);
        }
    }
    let missing = pushes.iter().zip(&present).filter(|(_, present)| !**present).map(|(push, _)| push);
    try_join_all(missing.map(|push| push.send(&places))).await?;
    Ok(pushes.iter().zip(present).map(|(push, present)| push.pushed(present)).collect())
}

/// The tag of an image that nobody gave a name: the first digits of its digest. It never moves, so that a repository with
/// immutable tags takes it, and one that removes untagged images keeps it. Not all of them, and no `sha256-`: that is what
/// the specification calls an image's referrers.
pub fn tag_of(digest: &Digest) -> String {
    digest.hex()[..TAG_DIGITS].to_owned()
}

/// One image on its way.
struct Push<'a> {
    registry: &'a Registry,
    job: &'a Job,
    image: Outbound,
    /// What it is called in the registry: its tag, else its digest.
    version: String,
}

impl<'a> Push<'a> {
    fn begin(registry: &'a Registry, job: &'a Job) -> anyhow::Result<Self> {
        job.tag.as_deref().map_or(Ok(()), check_tag)?;
        let image = Outbound::read(&job.layout)?;
        let version = job.tag.clone().unwrap_or_else(|| image.image().digest.to_string());
        Ok(Self { registry, job, image, version })
    }

    /// The whole of a repeated push: one request.
    async fn is_present(&self) -> anyhow::Result<bool> {
        let image = self.image.image();
        let accept = accept(&image.media_type);
        let ask = || self.registry.manifest_digest(&self.job.repository, &self.version, accept);
        let found = self.registry.retrying(ask).await.with_context(|| self.pushing())?;
        let present = found == Some(image.digest);
        if present {
            self.tell(image.digest, Outcome::Present);
        }
        Ok(present)
    }

    async fn send(&self, places: &Places) -> anyhow::Result<()> {
        self.send_all(places).await.with_context(|| self.pushing())
    }

    async fn send_all(&self, places: &Places) -> anyhow::Result<()> {
        try_join_all(self.image.blobs.iter().map(|blob| self.blob(blob, places))).await?;
        let (image, children) = self.image.manifests.split_last().context("an image has a manifest")?;
        for child in children {
            let version = child.digest.to_string();
            let put = || self.registry.put_manifest(&self.job.repository, &version, &child.media_type, &child.bytes);
            self.registry.retrying(put).await?;
            self.tell(child.digest, Outcome::Uploaded);
        }
        self.publish(image).await?;
        self.tell(image.digest, Outcome::Uploaded);
        Ok(())
    }

    fn note_places(&self, places: &Places) {
        for blob in &self.image.blobs {
            places.note(blob.digest, &self.job.repository);
        }
    }

    fn tell(&self, digest: Digest, outcome: Outcome) {
        self.registry.tell(Event::Manifest { repository: self.job.repository.clone(), digest, outcome });
    }

    fn pushed(&self, up_to_date: bool) -> Pushed {
        let Job { repository, tag, .. } = self.job.clone();
        Pushed { repository, tag, digest: self.image.image().digest, size: self.image.size(), up_to_date }
    }

    fn pushing(&self) -> String {
        let Job { repository, tag, .. } = self.job.clone();
        let digest = tag.is_none().then_some(self.image.image().digest);
        let reference = Reference { endpoint: self.registry.endpoint().clone(), repository, tag, digest };
        format!("pushing `{}` to `{reference}`", self.job.layout.display())
    }
}

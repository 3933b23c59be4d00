//! Pulls images into layouts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use hint::Hint;
use oci::{
    Allowance, Config, Descriptor, Digest, MAX_INDEX_DEPTH, Manifest, Platform, Staging, StoredManifest, media_type,
};
use serde::Serialize;

use super::{Reference, Registry, Transfer, TransferEvent, error::Error};

/// An image that was pulled into a layout.
#[derive(Clone, Debug, Serialize)]
pub struct Pulled {
    /// Of the manifest or, for several platforms, the index.
    pub digest: Digest,
    /// Bytes of manifests, configs and compressed layers.
    pub size: u64,
}

/// What the manifest of an image in a registry says, without its blobs.
#[derive(Clone, Debug)]
pub struct Outline {
    /// Of the manifest or, for several platforms, the index.
    pub digest: Digest,
    /// The blobs of its layers; empty for an index of several platforms.
    pub layers: BTreeSet<Digest>,
}

/// Reads the manifest of the image `reference`, or the one for `platform`, written `linux/amd64`.
pub async fn outline(registry: &Registry, reference: &Reference, platform: Option<&str>) -> anyhow::Result<Outline> {
    let root =
        root(registry, reference, platform).await.with_context(|| format!("reading the manifest of `{reference}`"))?;
    Ok(Outline { digest: root.digest, layers: root.parts()?.layers().iter().map(|layer| layer.digest).collect() })
}

/// Pulls the image `reference` into the layout `out`, which appears in one step after every digest was checked.
///
/// Of an image for several platforms, all are pulled, or only the one for `platform`, written `linux/amd64`.
pub async fn pull(
    registry: &Registry,
    reference: &Reference,
    platform: Option<&str>,
    out: &Path,
) -> anyhow::Result<Pulled> {
    pull_without(registry, reference, platform, &BTreeSet::new(), out).await
}

/// Like [`pull()`], without the blobs `left_out`, which `out` does not contain then.
pub async fn pull_without(
    registry: &Registry,
    reference: &Reference,
    platform: Option<&str>,
    left_out: &BTreeSet<Digest>,
    out: &Path,
) -> anyhow::Result<Pulled> {
    let pulling = || format!("pulling `{reference}`");
    oci::check_free(out)?;
    let staging = Staging::beside(out)?;
    let pull = Pull { registry, repository: &reference.repository, left_out, directory: staging.path() };
    let root = root(registry, reference, platform).await.with_context(pulling)?;
    let size = pull.everything(&root).await.with_context(pulling)?;
    oci::write_index(staging.path(), root.descriptor(), pull.platform(&root))?;
    staging.publish_over()?;
    Ok(Pulled { digest: root.digest, size })
}

struct Pull<'a> {
    registry: &'a Registry,
    repository: &'a str,
    left_out: &'a BTreeSet<Digest>,
    directory: &'a Path,
}

async fn root(registry: &Registry, reference: &Reference, platform: Option<&str>) -> anyhow::Result<StoredManifest> {
    let root = manifest(registry, &reference.repository, &reference.version()).await?;
    let Some(platform) = platform else { return Ok(root) };
    let children = root.parts()?.manifests;
    if children.is_empty() {
        return Ok(root);
    }
    let is_wanted = |child: &&Descriptor| child.platform.as_ref().is_some_and(|found| found.to_string() == platform);
    if let Some(child) = children.iter().find(is_wanted) {
        return manifest(registry, &reference.repository, &child.digest.to_string()).await;
    }
    let found = children.iter().filter_map(|child| child.platform.as_ref());
    let found: Vec<_> = found.map(|found| format!("`{found}`")).collect();
    hint::bail!("the image is not available for `{platform}`", hint = "it is available for {}", found.join(", "))
}

async fn manifest(registry: &Registry, repository: &str, version: &str) -> anyhow::Result<StoredManifest> {
    let fetched = registry.retrying(|| registry.fetch_manifest(repository, version)).await?;
    let mut fetched = fetched
        .with_context(|| format!("the registry has no image `{version}` in `{repository}`"))
        .hint("check the name, and the permissions of the credentials")?;
    // The media type in the document counts: the header of a registry may be another.
    if let Some(media_type) = fetched.parts()?.media_type {
        fetched.media_type = media_type;
    }
    ensure!(
        media_type::is_manifest(&fetched.media_type),
        "`{}` is not a media type of manifests",
        fetched.media_type.escape_default()
    );
    Ok(fetched)
}

impl Pull<'_> {
    /// Pulls `root` and everything that it refers to. Returns the bytes of all.
    async fn everything(&self, root: &StoredManifest) -> anyhow::Result<u64> {
        oci::create_blobs(self.directory)?;
        let (mut allowance, mut blobs) = (Allowance::default(), BTreeMap::new());
        let mut known = BTreeSet::from([root.digest]);
        let mut waiting = self.keep(root, MAX_INDEX_DEPTH, &mut allowance, &mut blobs)?;
        // One at a time: each is written before the next one is in memory.
        while let Some((digest, depth)) = waiting.pop() {
            if known.insert(digest) {
                let fetched = manifest(self.registry, self.repository, &digest.to_string()).await?;
                waiting.extend(self.keep(&fetched, depth, &mut allowance, &mut blobs)?);
            }
        }
        let size = allowance.used();
        let mut blobs: Vec<Descriptor> = blobs.into_values().collect();
        blobs.sort_by_key(|blob| std::cmp::Reverse(blob.size));
        let fetches = stream::iter(&blobs).map(|blob| self.blob(blob));
        fetches.buffer_unordered(self.registry.settings().parallel.max(1)).try_collect::<Vec<()>>().await?;
        Ok(blobs.iter().fold(size, |sum, blob| sum.saturating_add(blob.size)))
    }

    /// Writes a manifest, and notes its `blobs`. Returns what it refers to, and how deep that may be nested.
    fn keep(
        &self,
        fetched: &StoredManifest,
        depth: usize,
        allowance: &mut Allowance,
        blobs: &mut BTreeMap<Digest, Descriptor>,
    ) -> anyhow::Result<Vec<(Digest, usize)>> {
        allowance.take(fetched)?;
        let path = self.path(&fetched.digest);
        fs::write(&path, &fetched.bytes).with_context(|| format!("writing `{}`", path.display()))?;
        let parts = fetched.parts()?;
        ensure!(depth > 0 || parts.manifests.is_empty(), oci::Error::Nested { limit: MAX_INDEX_DEPTH });
        let wanted = parts.blobs().into_iter().filter(|blob| !self.left_out.contains(&blob.digest));
        blobs.extend(wanted.map(|blob| (blob.digest, blob)));
        Ok(parts.manifests.iter().map(|child| (child.digest, depth.saturating_sub(1))).collect())
    }

    async fn blob(&self, blob: &Descriptor) -> Result<(), Error> {
        let (repository, digest, size) = (self.repository.to_owned(), blob.digest, blob.size);
        self.registry.report(TransferEvent::BlobStarted { repository: repository.clone(), digest, size });
        self.registry.retrying(|| self.attempt(blob)).await?;
        self.registry.report(TransferEvent::Blob {
            repository,
            digest,
            size,
            transfer: Transfer::Downloaded,
            from: None,
        });
        Ok(())
    }

    async fn attempt(&self, blob: &Descriptor) -> Result<(), Error> {
        let path = self.path(&blob.digest);
        let failed = |source| Error::Write { path: path.display().to_string(), source };
        let out = fs::File::create(&path).map_err(failed)?;
        let (repository, digest) = (self.repository.to_owned(), blob.digest);
        let moved =
            |bytes| self.registry.report(TransferEvent::BlobMoved { repository: repository.clone(), digest, bytes });
        self.registry.fetch_blob(self.repository, blob, &path, out, moved).await
    }

    /// The platform in the config of an image that Driftless could have built.
    fn platform(&self, root: &StoredManifest) -> Option<Platform> {
        let manifest: Manifest = serde_json::from_slice(&root.bytes).ok()?;
        let config: Config =
            serde_json::from_slice(&oci::read_document(&self.path(&manifest.config.digest)).ok()?).ok()?;
        Some(config.platform())
    }

    fn path(&self, digest: &Digest) -> std::path::PathBuf {
        oci::blob_path(self.directory, digest)
    }
}

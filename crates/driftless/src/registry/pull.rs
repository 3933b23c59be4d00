//! Pulling an image into a layout.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, bail, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use oci::{Config, Descriptor, Digest, Manifest, Platform, Staging};
use serde::Serialize;

use super::{
    Event, Outcome, Reference, Registry,
    document::{Document, Part, is_manifest},
    failure::Failure,
    manifests::Fetched,
};

/// Indexes within indexes are followed so deep.
const DEPTH: usize = 3;

/// An image that is in a layout now.
#[derive(Clone, Debug, Serialize)]
pub struct Pulled {
    /// Its digest.
    pub digest: Digest,
    /// Bytes of manifests and blobs.
    pub size: u64,
}

/// An image in a registry, as its manifest tells.
#[derive(Clone, Debug)]
pub struct Outline {
    /// Its digest.
    pub digest: Digest,
    /// The blobs of its layers; none of an image for several platforms.
    pub layers: BTreeSet<Digest>,
}

/// Looks at the image `reference`, or what it is for `platform`, without fetching it.
pub async fn outline(registry: &Registry, reference: &Reference, platform: Option<&str>) -> anyhow::Result<Outline> {
    let root = root(registry, reference, platform).await.with_context(|| format!("looking at `{reference}`"))?;
    Ok(Outline { digest: root.digest, layers: document(&root)?.layers().collect() })
}

/// Fetches the image `reference` into the layout `out`, which appears in one step once every digest holds.
///
/// Of an image for several platforms everything is fetched, or the one for `platform`, written `linux/amd64`.
pub async fn pull(
    registry: &Registry,
    reference: &Reference,
    platform: Option<&str>,
    out: &Path,
) -> anyhow::Result<Pulled> {
    pull_without(registry, reference, platform, &BTreeSet::new(), out).await
}

/// [`pull()`], but for the blobs `left_out`, which are missing in `out` then.
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
    let descriptor = Descriptor::new(&root.media_type, root.digest, root.bytes.len() as u64);
    oci::write_index(staging.path(), descriptor, pull.platform(&root))?;
    staging.publish_over()?;
    Ok(Pulled { digest: root.digest, size })
}

struct Pull<'a> {
    registry: &'a Registry,
    repository: &'a str,
    left_out: &'a BTreeSet<Digest>,
    directory: &'a Path,
}

async fn root(registry: &Registry, reference: &Reference, platform: Option<&str>) -> anyhow::Result<Fetched> {
    let root = manifest(registry, &reference.repository, &reference.version()).await?;
    let Some(platform) = platform else { return Ok(root) };
    let document = document(&root)?;
    if document.manifests.is_empty() {
        return Ok(root);
    }
    let is_wanted = |part: &&Part| {
        part.platform.as_ref().is_some_and(|found| format!("{}/{}", found.os, found.architecture) == platform)
    };
    if let Some(part) = document.manifests.iter().find(is_wanted) {
        return manifest(registry, &reference.repository, &part.digest.to_string()).await;
    }
    let found = document.manifests.iter().filter_map(|part| part.platform.as_ref());
    let found: Vec<_> = found.map(|found| format!("`{}/{}`", found.os, found.architecture)).collect();
    bail!("it is not for `{platform}`\nhint: it is for {}", found.join(", "))
}

async fn manifest(registry: &Registry, repository: &str, version: &str) -> anyhow::Result<Fetched> {
    let fetched = registry.retrying(|| registry.fetch_manifest(repository, version)).await?;
    let mut fetched = fetched.with_context(|| {
        format!("the registry has no `{version}` there\nhint: look at the name, and at what these credentials may see")
    })?;
    let document = document(&fetched)?;
    // What the document says of itself counts; a registry may not know.
    if let Some(media_type) = document.media_type {
        fetched.media_type = media_type;
    }
    ensure!(is_manifest(&fetched.media_type), "`{}` is no kind of manifest", fetched.media_type.escape_default());
    Ok(fetched)
}

impl Pull<'_> {
    /// Stores `root` and everything that it leads to. Gives the bytes of all.
    async fn everything(&self, root: &Fetched) -> anyhow::Result<u64> {
        fs::create_dir_all(self.directory.join("blobs/sha256")).context("making the layout")?;
        let (mut size, mut blobs) = (0_u64, Vec::<Part>::new());
        let mut waiting = vec![(root.clone(), DEPTH)];
        while let Some((fetched, depth)) = waiting.pop() {
            let path = self.path(&fetched.digest);
            fs::write(&path, &fetched.bytes).with_context(|| format!("writing `{}`", path.display()))?;
            size += fetched.bytes.len() as u64;
            let document = document(&fetched)?;
            for child in &document.manifests {
                ensure!(depth > 0, "its indexes refer to each other more than {DEPTH} deep");
                if !self.path(&child.digest).exists() {
                    let child = manifest(self.registry, self.repository, &child.digest.to_string()).await?;
                    waiting.push((child, depth - 1));
                }
            }
            blobs.extend(document.blobs().into_iter().filter(|part| !self.left_out.contains(&part.digest)));
        }
        blobs.sort_by_key(|part| part.digest);
        blobs.dedup_by_key(|part| part.digest);
        blobs.sort_by_key(|part| std::cmp::Reverse(part.size));
        let fetches = stream::iter(&blobs).map(|part| self.blob(part));
        fetches.buffer_unordered(self.registry.settings().parallel.max(1)).try_collect::<Vec<()>>().await?;
        Ok(blobs.iter().fold(size, |sum, part| sum.saturating_add(part.size)))
    }

    async fn blob(&self, part: &Part) -> Result<(), Failure> {
        let (repository, digest, size) = (self.repository.to_owned(), part.digest, part.size);
        self.registry.tell(Event::BlobStarted { repository: repository.clone(), digest, size });
        self.registry.retrying(|| self.attempt(part)).await?;
        self.registry.tell(Event::Blob { repository, digest, size, outcome: Outcome::Downloaded, from: None });
        Ok(())
    }

    async fn attempt(&self, part: &Part) -> Result<(), Failure> {
        let path = self.path(&part.digest);
        let failed = |source| Failure::Write { path: path.display().to_string(), source };
        let out = fs::File::create(&path).map_err(failed)?;
        let (repository, digest) = (self.repository.to_owned(), part.digest);
        let moved = |bytes| self.registry.tell(Event::BlobMoved { repository: repository.clone(), digest, bytes });
        self.registry.fetch_blob(self.repository, part, &path, out, moved).await
    }

    /// Where the image runs, if it is of a kind that we could have built.
    fn platform(&self, root: &Fetched) -> Option<Platform> {
        let manifest: Manifest = serde_json::from_slice(&root.bytes).ok()?;
        let config: Config = serde_json::from_slice(&fs::read(self.path(&manifest.config.digest)).ok()?).ok()?;
        Some(config.platform())
    }

    fn path(&self, digest: &Digest) -> std::path::PathBuf {
        self.directory.join("blobs/sha256").join(digest.hex())
    }
}

fn document(fetched: &Fetched) -> anyhow::Result<Document> {
    Document::parse(&fetched.bytes).map_err(|problem| anyhow::anyhow!("`{}` {problem}", fetched.digest))
}

//! A layout as it is pushed: every manifest that it leads to, children first, and every blob.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use oci::{Digest, media_type};

use super::document::{Document, Part, is_manifest};

/// Largest manifest that is read, in bytes: the limit that registries put on them.
const MAX_MANIFEST: u64 = 4 << 20;

/// Indexes within indexes are followed so deep.
const DEPTH: usize = 3;

/// What a layout holds.
#[derive(Clone, Debug)]
pub(super) struct Outbound {
    directory: PathBuf,
    /// The last one is the image; whatever a manifest refers to comes before it.
    pub(super) manifests: Vec<Manifest>,
    /// Each blob once, the largest first: it decides how long the push takes.
    pub(super) blobs: Vec<Part>,
}

/// A manifest's exact bytes.
#[derive(Clone, Debug)]
pub(super) struct Manifest {
    pub(super) media_type: String,
    pub(super) digest: Digest,
    pub(super) bytes: Vec<u8>,
}

impl Outbound {
    /// Reads the layout in `directory`, and checks that everything that it names is there in the right size.
    pub(super) fn read(directory: &Path) -> anyhow::Result<Self> {
        let mut outbound = Self { directory: directory.to_owned(), manifests: Vec::new(), blobs: Vec::new() };
        outbound.root().with_context(|| format!("reading image `{}`", directory.display()))?;
        outbound.blobs.sort_by_key(|blob| std::cmp::Reverse(blob.size));
        Ok(outbound)
    }

    /// The image itself.
    pub(super) fn image(&self) -> &Manifest {
        self.manifests.last().expect("reading succeeds only with at least one manifest")
    }

    /// Bytes that a registry stores for it.
    pub(super) fn size(&self) -> u64 {
        let manifests = self.manifests.iter().map(|manifest| manifest.bytes.len() as u64);
        self.blobs.iter().map(|blob| blob.size).chain(manifests).fold(0, u64::saturating_add)
    }

    /// The file of a blob.
    pub(super) fn path(&self, digest: &Digest) -> PathBuf {
        self.directory.join("blobs/sha256").join(digest.hex())
    }

    fn root(&mut self) -> anyhow::Result<()> {
        ensure!(self.directory.join("oci-layout").is_file(), "it is no image layout: it holds no file `oci-layout`");
        let path = self.directory.join("index.json");
        let bytes = read(&path, MAX_MANIFEST)?;
        let index = Document::parse(&bytes).map_err(|problem| anyhow::anyhow!("`index.json` {problem}"))?;
        match index.manifests.as_slice() {
            [] => bail!("its `index.json` names no manifest"),
            [one] => self.manifest(one, DEPTH),
            // One image for several platforms, and not several images.
            many if many.iter().all(|part| part.platform.is_some()) => {
                for part in many {
                    self.manifest(part, DEPTH)?;
                }
                let media_type = index.media_type.unwrap_or_else(|| media_type::INDEX.to_owned());
                self.manifests.push(Manifest { media_type, digest: Digest::of(&bytes), bytes });
                Ok(())
            }
            many => bail!(
                "its `index.json` names {} images\nhint: push layouts of one image, or of one image for several platforms",
                many.len()
            ),
        }
    }

    /// Adds the manifest `part` after everything that it refers to.
    fn manifest(&mut self, part: &Part, depth: usize) -> anyhow::Result<()> {
        ensure!(depth > 0, "its indexes refer to each other more than {DEPTH} deep");
        ensure!(is_manifest(&part.media_type), "`{}` is no kind of manifest", part.media_type.escape_default());
        if self.manifests.iter().any(|known| known.digest == part.digest) {
            return Ok(());
        }
        self.check(part)?;
        let bytes = read(&self.path(&part.digest), MAX_MANIFEST)?;
        let actual = Digest::of(&bytes);
        ensure!(actual == part.digest, "blob `{}` has the digest `{actual}`\nhint: build the image again", part.digest);
        let document =
            Document::parse(&bytes).map_err(|problem| anyhow::anyhow!("blob `{}` {problem}", part.digest))?;
        for child in &document.manifests {
            self.manifest(child, depth - 1)?;
        }
        for blob in document.blobs() {
            if !self.blobs.iter().any(|known| known.digest == blob.digest) {
                self.check(&blob)?;
                self.blobs.push(blob);
            }
        }
        self.manifests.push(Manifest { media_type: part.media_type.clone(), digest: part.digest, bytes });
        Ok(())
    }

    fn check(&self, part: &Part) -> anyhow::Result<()> {
        let metadata = fs::symlink_metadata(self.path(&part.digest));
        let metadata = metadata.with_context(|| format!("blob `{}`", part.digest))?;
        ensure!(metadata.is_file(), "blob `{}` is no regular file", part.digest);
        ensure!(
            metadata.len() == part.size,
            "blob `{}` is {} bytes, its descriptor says {}\nhint: build the image again",
            part.digest,
            metadata.len(),
            part.size
        );
        Ok(())
    }
}

fn read(path: &Path, limit: u64) -> anyhow::Result<Vec<u8>> {
    let reading = || format!("reading `{}`", path.display());
    let size = fs::metadata(path).with_context(reading)?.len();
    ensure!(size <= limit, "`{}` is {size} bytes, the limit is {limit}", path.display());
    fs::read(path).with_context(reading)
}

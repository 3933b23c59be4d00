//! Layouts of any image, for one platform or several, as registries store them.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use crate::{
    Allowance, Descriptor, Digest, Error, MAX_DOCUMENT, StoredManifest,
    document::{open_stored, read_stored},
    layout::{INDEX, blob_path, check_digest, check_size, read_index},
    media_type,
};

/// How deep indexes may be nested.
pub const MAX_INDEX_DEPTH: usize = 3;

/// All manifests and blobs of a layout.
///
/// [`Layout`](crate::Layout) opens one image that Driftless can run. A tree also opens layouts of other tools: an index
/// of several platforms, nested indexes, and any platform, compression and config. The digests of manifests and the sizes of
/// blobs were checked when it was opened; the digests of blobs were not.
#[derive(Clone, Debug)]
pub struct Tree {
    dir: PathBuf,
    manifests: Vec<StoredManifest>,
    blobs: Vec<Descriptor>,
}

/// What was found of a tree, in the making.
#[derive(Default)]
struct Found {
    digests: BTreeSet<Digest>,
    allowance: Allowance,
}

impl Tree {
    /// Reads the manifests of the layout in the directory `dir`.
    ///
    /// An `index.json` of several manifests is one image if each of them names its platform.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        let (index, bytes) = read_index(dir)?;
        let mut tree = Self { dir: dir.to_owned(), manifests: Vec::new(), blobs: Vec::new() };
        let mut found = Found::default();
        match index.manifests.as_slice() {
            [one] => tree.add(one, MAX_INDEX_DEPTH, &mut found)?,
            many if !many.is_empty() && many.iter().all(|manifest| manifest.platform.is_some()) => {
                for manifest in many {
                    tree.add(manifest, MAX_INDEX_DEPTH, &mut found)?;
                }
                let media_type = index.media_type.unwrap_or_else(|| media_type::INDEX.to_owned());
                tree.manifests.push(StoredManifest::new(media_type, bytes));
            }
            several => {
                return Err(Error::ImageCount {
                    path: dir.join(INDEX),
                    count: several.len(),
                    remedy: "a layout can be pushed if it contains one image, or one for each `platform`".into(),
                });
            }
        }
        tree.blobs.sort_by_key(|blob| std::cmp::Reverse(blob.size));
        Ok(tree)
    }

    /// The manifest or index that refers to everything else. Its digest is the image's.
    pub fn root(&self) -> &StoredManifest {
        self.manifests.last().expect("a tree is opened only with a manifest")
    }

    /// All manifests and indexes, each after those that it refers to; the root is the last.
    pub fn manifests(&self) -> &[StoredManifest] {
        &self.manifests
    }

    /// Configs and layers, each once, the largest first.
    pub fn blobs(&self) -> &[Descriptor] {
        &self.blobs
    }

    /// Bytes that a registry stores: manifests, configs and layers.
    pub fn size(&self) -> u64 {
        let manifests = self.manifests.iter().map(|manifest| manifest.bytes.len() as u64);
        self.blobs.iter().map(|blob| blob.size).chain(manifests).fold(0, u64::saturating_add)
    }

    /// The path of the blob `digest`, whether it exists or not.
    pub fn blob_path(&self, digest: &Digest) -> PathBuf {
        blob_path(&self.dir, digest)
    }

    /// Adds a manifest after everything that it refers to.
    fn add(&mut self, descriptor: &Descriptor, depth: usize, found: &mut Found) -> Result<(), Error> {
        let digest = descriptor.digest;
        if depth == 0 {
            return Err(Error::Nested { limit: MAX_INDEX_DEPTH });
        }
        if !media_type::is_manifest(&descriptor.media_type) {
            return Err(Error::MediaType { digest, media_type: descriptor.media_type.clone() });
        }
        if !found.digests.insert(digest) {
            return Ok(());
        }
        let bytes = read_stored(&self.blob_path(&digest), MAX_DOCUMENT)?;
        check_size(descriptor, bytes.len() as u64)?;
        check_digest(descriptor, Digest::of(&bytes))?;
        let manifest = StoredManifest { media_type: descriptor.media_type.clone(), digest, bytes };
        found.allowance.take(&manifest)?;
        let parts = manifest.parts()?;
        for child in &parts.manifests {
            self.add(child, depth - 1, found)?;
        }
        for blob in parts.blobs() {
            if found.digests.insert(blob.digest) {
                let (_, size) = open_stored(&self.blob_path(&blob.digest))?;
                check_size(&blob, size)?;
                self.blobs.push(blob);
            }
        }
        self.manifests.push(manifest);
        Ok(())
    }
}

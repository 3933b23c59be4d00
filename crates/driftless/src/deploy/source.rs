//! Where a release comes from: a bundle, or a record of one.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use tempfile::TempDir;

use super::store::BucketStore;
use crate::{
    bundle::{self, Bundle},
    record::{Record, Records},
    release::Release,
    stack::FOUNDATION,
};

const CONFIG: &str = "config.tf.json";

/// A release with the configuration of its roots.
#[derive(Debug)]
pub struct Source {
    /// The stack and its images.
    pub release: Release,
    /// The images themselves, if they are here.
    pub bundle: Option<Bundle>,
    /// The commit that it was built from, if that is known.
    pub revision: Option<String>,
    pub(super) roots: PathBuf,
    /// Keeps them, if nobody else does.
    #[expect(dead_code, reason = "held for its end")]
    pub(super) kept: Option<TempDir>,
}

impl Source {
    /// The release in `bundle`.
    pub fn of_bundle(bundle: Bundle, revision: Option<String>) -> Self {
        let roots = bundle.directory.join(bundle::TERRAFORM);
        Self { release: bundle.release.clone(), bundle: Some(bundle), revision, roots, kept: None }
    }

    /// The release that `record` holds.
    pub async fn of_record(records: &Records<BucketStore>, record: &Record) -> anyhow::Result<Self> {
        let kept = tempfile::tempdir().context("making a temporary directory")?;
        for root in record.configurations.keys() {
            let directory = kept.path().join(root);
            let path = directory.join(CONFIG);
            let text = records.configuration(record, root).await?;
            fs::create_dir_all(&directory).with_context(|| format!("making `{}`", directory.display()))?;
            fs::write(&path, text).with_context(|| format!("writing `{}`", path.display()))?;
        }
        let (release, revision) = (record.release.clone(), record.revision.clone());
        Ok(Self { release, bundle: None, revision, roots: kept.path().to_owned(), kept: Some(kept) })
    }

    /// The directory with the configuration of `root`.
    pub fn root(&self, root: &str) -> PathBuf {
        self.roots.join(root)
    }

    /// The configuration of every environment's root, for the record.
    pub fn configurations(&self) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
        let roots = self.release.stack.roots().filter(|root| *root != FOUNDATION);
        roots.map(|root| Ok((root.to_owned(), read(&self.root(root).join(CONFIG))?))).collect()
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| {
        format!("reading `{}`\nhint: build the bundle again, with its Terraform roots", path.display())
    })
}

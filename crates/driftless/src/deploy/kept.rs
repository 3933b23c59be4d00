//! A plan that was kept in a directory, to be applied later: exactly it, with the release that it is of.

use std::{
    fs,
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use super::{
    Candidate, Source, Target,
    release::{Decide, Ended, Options, finish, open, prepare},
};
use crate::{
    bundle::{self, Bundle},
    record::Kind,
    release::Release,
    terraform::{Root, SavedPlan, Variables},
};

const SCHEMA: u32 = 1;
const PLAN: &str = "plan.tfplan";
const ABOUT: &str = "plan.json";
/// The versions of providers that it was planned with.
const LOCK_FILE: &str = ".terraform.lock.hcl";

/// What a kept plan is of.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    schema: u32,
    /// Name of the environment.
    pub environment: String,
    /// The state bucket.
    pub bucket: String,
    /// The release.
    pub release: Release,
    variables: Variables,
    revision: Option<String>,
    #[serde(skip)]
    directory: PathBuf,
}

/// Keeps `saved` in `out`, which is made.
pub fn keep(target: &Target, root: &Root, saved: &SavedPlan, candidate: &Candidate, out: &Path) -> anyhow::Result<()> {
    let doing = || format!("keeping the plan in `{}`", out.display());
    ensure!(!out.exists(), "`{}` exists\nhint: name a directory that does not", out.display());
    DirBuilder::new().mode(0o700).create(out).with_context(doing)?;
    let kept = Kept {
        schema: SCHEMA,
        environment: target.name.clone(),
        bucket: target.bucket.name().to_owned(),
        release: candidate.source.release.clone(),
        variables: candidate.variables.clone(),
        revision: candidate.source.revision.clone(),
        directory: out.to_owned(),
    };
    for (name, text) in candidate.source.configurations()? {
        let directory = out.join(bundle::TERRAFORM).join(&name);
        fs::create_dir_all(&directory).with_context(doing)?;
        fs::write(directory.join("config.tf.json"), text).with_context(doing)?;
    }
    let planned = out.join(bundle::TERRAFORM).join(&target.name);
    fs::copy(root.path().join(LOCK_FILE), planned.join(LOCK_FILE)).with_context(doing)?;
    fs::copy(&saved.file, out.join(PLAN)).with_context(doing)?;
    fs::write(out.join(ABOUT), serde_json::to_vec_pretty(&kept)?).with_context(doing)
}

impl Kept {
    /// Opens what [`keep`] made.
    pub fn open(directory: &Path) -> anyhow::Result<Self> {
        let path = directory.join(ABOUT);
        let doing = || format!("reading `{}`\nhint: `driftless plan --out DIR` makes such a directory", path.display());
        let kept: Self = serde_json::from_slice(&fs::read(&path).with_context(doing)?).with_context(doing)?;
        ensure!(kept.schema == SCHEMA, "`{}` is of another version of `driftless`\nhint: plan again", path.display());
        Ok(Self { directory: directory.to_owned(), ..kept })
    }

    /// Applies it, and sees the release serve. The images come from `bundle`, or were pushed before.
    pub async fn release(
        self,
        target: &Target,
        bundle: Option<Bundle>,
        options: &Options,
        decide: Decide<'_>,
    ) -> anyhow::Result<Ended> {
        if let Some(bundle) = &bundle {
            ensure!(
                bundle.release.images == self.release.images,
                "the plan is of other images than `{}`\nhint: plan that bundle, then apply",
                bundle.directory.display()
            );
        }
        let file = self.directory.join(PLAN);
        let roots = self.directory.join(bundle::TERRAFORM);
        let source = Source { release: self.release, bundle, revision: self.revision, roots, kept: None };
        let candidate = Candidate { kind: Kind::Deploy, source, variables: self.variables };
        prepare(target, &candidate).await?;
        let root = open(target, &candidate.source).await?;
        let saved = root.adopt(&file, Some(&candidate.variables)).await?;
        finish(target, root, &saved, candidate, options, decide).await
    }
}

//! A plan that was kept in a directory, to be applied later: exactly it, with the release that it is of.

use std::{
    fs,
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use anyhow::Context;
use hint::Hint;
use model::{
    bundle::{self, Bundle},
    release,
};
use serde::{Deserialize, Serialize};

use super::{Decide, Deployment, Ending, Options, open};
use crate::{
    Release, Site,
    record::Kind,
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
    /// The state bucket, behind the account that it is in.
    pub bucket: String,
    /// The release.
    pub release: release::Release,
    variables: Variables,
    revision: Option<String>,
    /// The number of the newest release when it was planned.
    #[serde(default)]
    after: Option<u32>,
    #[serde(skip)]
    directory: PathBuf,
}

/// An error if `out` exists, where a plan cannot be kept.
pub fn is_free(out: &Path) -> anyhow::Result<()> {
    hint::ensure!(!out.exists(), "`{}` exists", out.display(), hint = "name a directory that does not exist");
    Ok(())
}

/// Keeps `plan` in `out`, which is made.
pub async fn keep(
    site: &Site,
    root: &Root,
    plan: &SavedPlan,
    deployment: &Deployment,
    out: &Path,
) -> anyhow::Result<()> {
    let doing = || format!("keeping the plan in `{}`", out.display());
    is_free(out)?;
    let after = site.records().numbers().await?.last().copied();
    DirBuilder::new().mode(0o700).create(out).with_context(doing)?;
    let kept = Kept {
        schema: SCHEMA,
        environment: site.environment.clone(),
        bucket: format!("{}/{}", site.bucket.owner(), site.bucket.name()),
        release: deployment.release.document.clone(),
        variables: deployment.variables.clone(),
        revision: deployment.release.revision.clone(),
        after,
        directory: out.to_owned(),
    };
    for (name, text) in deployment.release.configurations()? {
        let directory = out.join(bundle::TERRAFORM).join(&name);
        fs::create_dir_all(&directory).with_context(doing)?;
        fs::write(directory.join("config.tf.json"), text).with_context(doing)?;
    }
    let planned = out.join(bundle::TERRAFORM).join(&site.environment);
    fs::copy(root.path().join(LOCK_FILE), planned.join(LOCK_FILE)).with_context(doing)?;
    fs::copy(&plan.file, out.join(PLAN)).with_context(doing)?;
    fs::write(out.join(ABOUT), serde_json::to_vec_pretty(&kept)?).with_context(doing)
}

impl Kept {
    /// Opens what [`keep`] made.
    pub fn open(directory: &Path) -> anyhow::Result<Self> {
        let path = directory.join(ABOUT);
        let read = || Ok::<Self, anyhow::Error>(serde_json::from_slice(&fs::read(&path)?)?);
        let kept = read()
            .with_context(|| format!("reading `{}`", path.display()))
            .hint("`driftless plan --out DIR` makes such a directory")?;
        hint::ensure!(
            kept.schema == SCHEMA,
            "`{}` is of another version of `driftless`",
            path.display(),
            hint = "plan again"
        );
        Ok(Self { directory: directory.to_owned(), ..kept })
    }

    /// Applies it, and sees the release serve. The images come from `bundle`, or were pushed before.
    pub async fn run(
        self,
        site: &Site,
        bundle: Option<Bundle>,
        options: &Options,
        decide: Decide<'_>,
    ) -> anyhow::Result<Ending> {
        if let Some(bundle) = &bundle {
            hint::ensure!(
                bundle.release.images == self.release.images,
                "the plan is of other images than `{}`",
                bundle.directory.display(),
                hint = "plan that bundle, then apply"
            );
        }
        // A plan that changes nothing is never stale to Terraform.
        let newest = site.records().numbers().await?.last().copied();
        hint::ensure!(
            newest <= self.after,
            "release {} of `{}` was made after this plan; nothing was applied",
            newest.unwrap_or_default(),
            self.environment,
            hint = "plan again, and check the new plan"
        );
        let file = self.directory.join(PLAN);
        let release = Release::of_parts(self.release, self.revision, bundle, self.directory.join(bundle::TERRAFORM));
        let deployment =
            Deployment { kind: Kind::Deploy, release, variables: self.variables, live: site.live().await? };
        deployment.prepare(site, options).await?;
        let root = open(site, &deployment.release).await?;
        let plan = root.adopt(&file, Some(&deployment.variables)).await?;
        // It can be applied once.
        let again = "`driftless deploy` of the same bundle records it";
        deployment.finish(site, root, &plan, options, decide, again).await
    }
}

//! From arguments to a target and a bundle.

use std::{path::PathBuf, process::Command, sync::Arc};

use anyhow::Context;

use super::args::Where;
use crate::{
    build,
    bundle::{self, Bundle},
    deploy::{Choice, Source, Target},
    local::Place,
    progress::{self, Progress},
    project::Project,
    stack::Stack,
};

impl Where {
    fn choice(&self) -> Choice {
        Choice { environment: self.env.clone(), bucket: self.state_bucket.clone(), terraform: self.terraform.clone() }
    }

    /// The environment, of the bundle's stack or the project's.
    pub(super) async fn target(&self) -> anyhow::Result<Target> {
        let stack = match &self.bundle {
            Some(bundle) => Stack::read(&bundle.join(bundle::STACK))?,
            None => Project::here()?.stack,
        };
        self.target_of(stack).await
    }

    /// The environment, of this stack.
    pub(super) async fn target_of(&self, stack: Stack) -> anyhow::Result<Target> {
        Target::open(stack, self.choice(), progress::stderr()).await
    }

    /// The bundle that was named, or one built from the project's sources, at `revision` if somebody says it.
    pub(super) async fn source(&self, revision: Option<&str>) -> anyhow::Result<Source> {
        let bundle = if let Some(directory) = &self.bundle {
            let found = directory.canonicalize();
            Bundle::open(&found.with_context(|| format!("opening the bundle `{}`", directory.display()))?)?
        } else {
            // Minutes of building would be lost on a wrong account.
            self.target().await?;
            build_bundle(progress::stderr()).await?
        };
        Ok(Source::of_bundle(bundle, revision.map(str::to_owned).or_else(checked_out)))
    }

    /// The directory with the configuration of `root`, of the bundle or as the project rendered it.
    pub(super) fn configuration(&self, root: &str) -> anyhow::Result<PathBuf> {
        Ok(match &self.bundle {
            Some(bundle) => bundle.join(bundle::TERRAFORM).join(root),
            None => Project::here()?.rendered().join(root),
        })
    }
}

async fn build_bundle(progress: Arc<dyn Progress>) -> anyhow::Result<Bundle> {
    let (project, place) = (Project::here()?, Place::find(None)?);
    place.create()?;
    let out = place.bundle();
    let built = tokio::task::spawn_blocking(move || {
        build::bundle(&project, &out, &build::Options::default(), progress.as_ref())
    });
    built.await.context("building the images")?
}

/// The commit that is checked out, marked if something is not committed.
fn checked_out() -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = git(&["rev-parse", "HEAD"])?;
    let clean = git(&["status", "--porcelain"])?.is_empty();
    Some(if clean { commit } else { format!("{commit}-dirty") })
}

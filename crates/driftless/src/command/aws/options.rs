//! Options that several commands share: which environment, its state, the Terraform program. A command has those that it
//! reads, and no others.

use std::{path::PathBuf, sync::Arc};

use anyhow::Context;
use cloud::{Choice, Release, Site, deploy};
use model::{
    bundle::{self, Bundle, Revision},
    progress::{self, Progress},
    project::Project,
    stack::Stack,
};

use crate::{command::data, compile, pulled};

/// Names the state bucket, where no option does.
const STATE_BUCKET: &str = "DRIFTLESS_STATE_BUCKET";

/// Which environment
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Env {
    /// The environment [default: the only one there is]
    #[arg(short, long, value_name = "NAME", env = "DRIFTLESS_ENV", hide_env_values = true)]
    pub(super) env: Option<String>,

    /// Use the stack of this bundle, built by `driftless bundle` or Nix [default: the project's]
    #[arg(long, value_name = "DIR", env = "DRIFTLESS_BUNDLE", hide_env_values = true)]
    pub(super) bundle: Option<PathBuf>,
}

/// Where the state and the release records are
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct StateBucket {
    /// The state bucket; one of another account as ACCOUNT/NAME [default: PROJECT-driftless-ACCOUNT-REGION]
    #[arg(long, value_name = "NAME", env = STATE_BUCKET, hide_env_values = true)]
    pub(super) state_bucket: Option<String>,
}

impl Look {
    /// The environment `name` of the project, with the state bucket that the environment variable names.
    pub(super) fn at(name: &str) -> Self {
        let environment = Env { env: Some(name.to_owned()), bundle: None };
        let state_bucket = std::env::var(STATE_BUCKET).ok().filter(|name| !name.is_empty());
        Self { environment, bucket: StateBucket { state_bucket } }
    }
}

/// The program that plans and applies
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Terraform {
    /// OpenTofu or Terraform, at least 1.10 [default: `tofu`, then `terraform`, on PATH]
    #[arg(long, value_name = "PATH", env = "DRIFTLESS_TERRAFORM", hide_env_values = true)]
    pub(super) terraform: Option<PathBuf>,
}

/// For commands that read what was released
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Look {
    #[command(flatten)]
    pub(super) environment: Env,

    #[command(flatten)]
    pub(super) bucket: StateBucket,
}

/// For commands that plan
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Act {
    #[command(flatten)]
    pub(super) look: Look,

    #[command(flatten)]
    pub(super) program: Terraform,
}

impl Env {
    /// The bundle that was named, or the environment's among those that were.
    pub(super) fn bundle(&self) -> anyhow::Result<Option<PathBuf>> {
        let chosen = |directory: &PathBuf| bundle::for_environment(directory, self.env.as_deref());
        self.bundle.as_ref().map(chosen).transpose()
    }

    /// The bundle's stack or the project's.
    pub(super) fn stack(&self) -> anyhow::Result<Stack> {
        if let Some(bundle) = self.bundle()? {
            return Stack::read(&bundle.join(bundle::STACK));
        }
        let project = Project::here()?;
        if let Some(warning) = project.outdated() {
            progress::stderr().note(&warning);
        }
        Ok(project.stack)
    }

    /// The directory with the Terraform roots of the bundle, or of the project.
    pub(super) fn roots(&self) -> anyhow::Result<PathBuf> {
        Ok(match self.bundle()? {
            Some(bundle) => bundle.join(bundle::TERRAFORM),
            None => Project::here()?.rendered(),
        })
    }
}

impl Look {
    /// The environment of the bundle's stack or the project's.
    pub(super) async fn site(&self) -> anyhow::Result<Site> {
        self.site_of(&self.environment.stack()?).await
    }

    /// The environment of this stack.
    pub(super) async fn site_of(&self, stack: &Stack) -> anyhow::Result<Site> {
        let choice = choice(&self.environment, &self.bucket, &Terraform::default())?;
        Site::open(stack, choice, progress::stderr()).await
    }
}

impl Act {
    /// The environment of the bundle's stack or the project's.
    pub(super) async fn site(&self) -> anyhow::Result<Site> {
        self.site_of(&self.look.environment.stack()?).await
    }

    /// The environment of this stack.
    pub(super) async fn site_of(&self, stack: &Stack) -> anyhow::Result<Site> {
        let choice = choice(&self.look.environment, &self.look.bucket, &self.program)?;
        Site::open(stack, choice, progress::stderr()).await
    }

    /// Refuses, before images are built from the project's sources, what would be refused with any images.
    pub(super) async fn precheck(&self, site: &Site) -> anyhow::Result<()> {
        if self.look.environment.bundle.is_some() {
            return Ok(());
        }
        deploy::precheck(site, &Project::here()?.stack, &self.configuration(&site.environment)?).await
    }

    /// The release in the bundle that was named, or one built from the project's sources; of `revision`, if somebody says it.
    pub(super) async fn release(&self, site: &Site, revision: Option<&Revision>) -> anyhow::Result<Release> {
        let mut release = match self.look.environment.bundle()? {
            Some(directory) => {
                let found = directory.canonicalize();
                let found = found.with_context(|| format!("opening the bundle `{}`", directory.display()))?;
                Release::of_bundle(pulled::open(&found, site.progress.as_ref())?)
            }
            None => build(Arc::clone(&site.progress)).await?,
        };
        if let Some(revision) = revision {
            release.revision = Some(revision.to_string());
        }
        Ok(release)
    }

    /// The directory with the configuration of `root`, of the bundle or as the project rendered it.
    pub(super) fn configuration(&self, root: &str) -> anyhow::Result<PathBuf> {
        Ok(self.look.environment.roots()?.join(root))
    }
}

/// A commit, by its full name.
pub(super) fn commit(text: &str) -> anyhow::Result<Revision> {
    text.parse()
}

/// The options as the account wants them.
pub(super) fn choice(environment: &Env, bucket: &StateBucket, program: &Terraform) -> anyhow::Result<Choice> {
    Ok(Choice {
        environment: environment.env.clone(),
        bucket: bucket.state_bucket.clone(),
        terraform: program.terraform.clone(),
        roots: Some(environment.roots()?),
    })
}

async fn build(progress: Arc<dyn Progress>) -> anyhow::Result<Release> {
    let (project, data) = (Project::here()?, data::directory(None)?);
    data.create()?;
    Ok(Release::built_now(built(project, data.bundle(), progress).await?))
}

/// The bundle of `project`, built into `out`.
pub(super) async fn built(project: Project, out: PathBuf, progress: Arc<dyn Progress>) -> anyhow::Result<Bundle> {
    let built = tokio::task::spawn_blocking(move || {
        let bundle = compile::bundle(&project, &out, &compile::Options::default(), progress.as_ref())?;
        pulled::complete(bundle, progress.as_ref())
    });
    built.await.context("building the images")?
}

//! From arguments to an environment, in the account that the caller's credentials are of.

use std::env;

use anyhow::{Context, bail, ensure};

use super::args::Where;
use crate::{
    aws::{Account, Settings, sts},
    bundle::{self, Bundle},
    project::Project,
    release::Release,
    rollout::{Expected, Limits, Watch, watch},
    stack::{Deployed, Environment, Stack},
};

/// An environment, and the means to ask for it.
pub(super) struct Place {
    pub(super) project: String,
    pub(super) name: String,
    pub(super) environment: Environment,
    pub(super) account: Account,
    /// What was released, if a bundle says so.
    release: Option<Release>,
}

impl Place {
    pub(super) async fn open(place: &Where) -> anyhow::Result<Self> {
        let release = match &place.bundle {
            Some(directory) => Some(Bundle::open(directory)?.release),
            None => None,
        };
        let stack = match (&release, &place.bundle) {
            (None, Some(directory)) => Stack::read(&directory.join(bundle::STACK))?,
            (Some(release), _) => release.stack.clone(),
            (None, None) => Project::find(&env::current_dir().context("looking for the current directory")?)?.stack,
        };
        let name = chosen(&stack, place.env.as_deref())?;
        let environment = stack.environment(&name)?.clone();
        let settings = Settings { region: Some(environment.region.clone()), ..Settings::default() };
        let account = Account::load(&settings).await;
        let caller = sts::caller(&account).await.context("asking AWS who we are")?;
        if let Some(wanted) = environment.account.as_ref().filter(|wanted| **wanted != caller.account) {
            bail!(
                "`{name}` is in account {wanted}, the credentials are of {} ({})\nhint: set AWS_PROFILE to a profile of \
                 that account",
                caller.account,
                caller.arn
            );
        }
        Ok(Self { project: stack.project, name, environment, account, release })
    }

    /// The service `name`.
    pub(super) fn service(&self, name: &str) -> anyhow::Result<&Deployed> {
        let known = || self.environment.services.keys().map(String::as_str).collect::<Vec<_>>().join("`, `");
        let found = self.environment.services.get(name);
        found.with_context(|| format!("there is no service `{name}`\nhint: there are `{}`", known()))
    }

    /// What each service is to run: what the bundle says, or what ECS was last asked for.
    pub(super) async fn expected(&self) -> anyhow::Result<Vec<Expected>> {
        let services = &self.environment.services;
        let Some(release) = &self.release else {
            return watch::asked(&self.account, &self.environment.cluster, services).await;
        };
        let expected = |(name, deployed): (&String, &Deployed)| {
            let image = release.images.get(name).with_context(|| format!("the bundle has no image of `{name}`"))?;
            Ok(Expected::new(name, deployed, image.digest))
        };
        services.iter().map(expected).collect()
    }

    /// To follow, or to look once.
    pub(super) async fn watch(&self, limits: Limits) -> anyhow::Result<Watch> {
        ensure!(!self.environment.services.is_empty(), "the environment `{}` has no services", self.name);
        let (cluster, url) = (self.environment.cluster.clone(), self.environment.url.clone());
        Ok(Watch { cluster, url, expected: self.expected().await?, limits })
    }
}

fn chosen(stack: &Stack, name: Option<&str>) -> anyhow::Result<String> {
    if let Some(name) = name {
        return Ok(name.to_owned());
    }
    let names: Vec<_> = stack.environments.keys().map(String::as_str).collect();
    match names.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => bail!("the stack has no environments\nhint: `environments.dev = {{ … }};` in infra.nix"),
        names => bail!("which environment?\nhint: name it with `--env`: {}", names.join(", ")),
    }
}

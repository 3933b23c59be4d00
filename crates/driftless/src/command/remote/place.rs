//! From arguments to an environment, in the account that the caller's credentials are of.

use anyhow::{Context, ensure};

use super::args::Where;
use crate::{
    bundle::Bundle,
    deploy::{Choice, Target},
    progress,
    project::Project,
    release::Release,
    rollout::{Expected, Limits, Watch, watch},
    stack::Deployed,
};

/// An environment, and what it is to run.
pub(super) struct Place {
    pub(super) target: Target,
    /// What was released, if a bundle says so.
    release: Option<Release>,
}

impl Place {
    pub(super) async fn open(place: &Where) -> anyhow::Result<Self> {
        let release = place.bundle.as_ref().map(|directory| Bundle::open(directory)).transpose()?;
        let release = release.map(|bundle| bundle.release);
        let stack = match &release {
            Some(release) => release.stack.clone(),
            None => Project::here()?.stack,
        };
        let choice = Choice { environment: place.env.clone(), ..Choice::default() };
        Ok(Self { target: Target::open(stack, choice, progress::stderr()).await?, release })
    }

    /// The service `name`.
    pub(super) fn service(&self, name: &str) -> anyhow::Result<&Deployed> {
        let services = &self.target.environment().services;
        let known = || services.keys().map(String::as_str).collect::<Vec<_>>().join("`, `");
        services.get(name).with_context(|| format!("there is no service `{name}`\nhint: there are `{}`", known()))
    }

    /// What each service is to run: what the bundle says, or what ECS was last asked for.
    pub(super) async fn expected(&self) -> anyhow::Result<Vec<Expected>> {
        let environment = self.target.environment();
        let Some(release) = &self.release else {
            return watch::asked(&self.target.account, &environment.cluster, &environment.services).await;
        };
        let expected = |(name, deployed): (&String, &Deployed)| {
            let image = release.images.get(name).with_context(|| format!("the bundle has no image of `{name}`"))?;
            Ok(Expected::new(name, deployed, image.digest))
        };
        environment.services.iter().map(expected).collect()
    }

    /// To follow, or to look once.
    pub(super) async fn watch(&self, limits: Limits) -> anyhow::Result<Watch> {
        let environment = self.target.environment();
        ensure!(!environment.services.is_empty(), "the environment `{}` has no services", self.target.name);
        let (cluster, url) = (environment.cluster.clone(), environment.url.clone());
        Ok(Watch { cluster, url, expected: self.expected().await?, limits })
    }
}

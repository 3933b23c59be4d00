//! From arguments to an environment, in the account that the caller's credentials are of.

use cloud::{
    Choice, Scheduled, Site,
    record::Record,
    rollout::{Expected, Limits, Watch, asked_where_possible, watch},
};
use hint::ErrorReport;
use model::{
    bundle::Bundle,
    progress,
    project::Project,
    release::Release,
    stack::{Deployed, Environment},
    unknown::Unknown,
};

use super::options::Look;

/// An environment, and what it is to run.
pub(super) struct Place {
    pub(super) site: Site,
    /// As the bundle has it, or the release that serves; before the first release, as the project has it.
    pub(super) environment: Environment,
    /// The release that serves, unless a bundle says what is to.
    pub(super) live: Option<Record>,
    /// What was released, if a bundle says so.
    release: Option<Release>,
}

impl Place {
    pub(super) async fn open(place: &Look) -> anyhow::Result<Self> {
        let release = place.environment.bundle()?.map(|directory| Bundle::open(&directory)).transpose()?;
        let release = release.map(|bundle| bundle.release);
        let stack = match &release {
            Some(release) => release.stack.clone(),
            None => Project::here()?.stack,
        };
        let (environment, bucket) = (place.environment.env.clone(), place.bucket.state_bucket.clone());
        let choice = Choice { environment, bucket, ..Choice::default() };
        let site = Site::open(&stack, choice, progress::stderr()).await?;
        let live = if release.is_some() { None } else { live(&site).await };
        let stack = live.as_ref().map_or(&stack, |live| &live.release.stack);
        let environment = stack.environment(&site.environment)?.clone();
        Ok(Self { site, environment, live, release })
    }

    /// The service `name`.
    pub(super) fn service(&self, name: &str) -> anyhow::Result<&Deployed> {
        let services = &self.environment.services;
        let known = services.keys().map(String::as_str);
        let unknown = || Unknown::new("service", name, "the services of the environment", known).into();
        services.get(name).ok_or_else(unknown)
    }

    /// What each service is to run: what the bundle says, or what ECS was last asked for.
    pub(super) async fn expected(&self) -> anyhow::Result<Vec<Expected>> {
        let environment = &self.environment;
        let Some(release) = &self.release else {
            return watch::asked(&self.site.account, &environment.cluster, &environment.services).await;
        };
        let expected =
            |(name, deployed): (&String, &Deployed)| Ok(Expected::new(name, deployed, release.image(name)?.digest));
        environment.services.iter().map(expected).collect()
    }

    /// To follow what each service is to run.
    pub(super) async fn watch(&self, limits: Limits) -> anyhow::Result<Watch> {
        self.has_services()?;
        let scheduled = Scheduled::read(&self.site.account, &self.environment).await?;
        let asleep = |one: Expected| Expected { asleep: scheduled.is_asleep(&one.service), ..one };
        Ok(self.of(self.expected().await?.into_iter().map(asleep).collect(), limits))
    }

    /// To look once at what each service runs.
    pub(super) async fn running(&self) -> anyhow::Result<Watch> {
        self.has_services()?;
        let environment = &self.environment;
        let running = watch::running(&self.site.account, &environment.cluster, &environment.services).await?;
        Ok(self.of(running, Limits::default()))
    }

    fn has_services(&self) -> anyhow::Result<()> {
        let name = &self.site.environment;
        hint::ensure!(
            !self.environment.services.is_empty(),
            "the environment `{name}` has no services",
            hint = "declare one in infra.nix, then `driftless deploy -e {name}`"
        );
        Ok(())
    }

    fn of(&self, expected: Vec<Expected>, limits: Limits) -> Watch {
        let (cluster, url) = (self.environment.cluster.clone(), self.environment.url.clone());
        let expected = asked_where_possible(&self.environment, expected);
        Watch { cluster, url, expected, limits }
    }
}

/// The release that serves. Whoever may not read the records works with what the project has.
async fn live(site: &Site) -> Option<Record> {
    site.live().await.unwrap_or_else(|error| {
        let why = ErrorReport::of(&error).error;
        site.progress.note(&format!("the services are those of the project, not of the release that serves: {why}"));
        None
    })
}

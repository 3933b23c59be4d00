//! A release on its way to a site.

use super::secrets;
use crate::{
    Release, Site,
    record::{Kind, Record},
    terraform::Variables,
};

/// A release, and what its root is told.
#[derive(Debug)]
pub struct Deployment {
    /// What is done.
    pub kind: Kind,
    /// The release.
    pub release: Release,
    /// What the root is told.
    pub variables: Variables,
    /// What served when this was made.
    pub live: Option<Record>,
}

impl Deployment {
    /// `release` with the secrets' current versions and the numbers of tasks that the environment has now, after `live`.
    pub async fn new(site: &Site, kind: Kind, release: Release, live: Option<Record>) -> anyhow::Result<Self> {
        let environment = release.environment(site)?;
        if let Some(live) = &live {
            site.is_signed(live).await?;
        }
        let images = release.document.images.iter().map(|(service, image)| (service.clone(), image.digest)).collect();
        let mut tasks = live.as_ref().map(|live| live.variables.tasks.clone()).unwrap_or_default();
        tasks.retain(|service, _| environment.services.contains_key(service));
        let secret_versions = secrets::versions(site, environment).await?;
        Ok(Self { kind, variables: Variables { images, tasks, secret_versions }, release, live })
    }

    /// What serves, told `variables`.
    pub async fn again(site: &Site, kind: Kind, live: Record, variables: Variables) -> anyhow::Result<Self> {
        let release = Release::of_record(site, &live).await?;
        Ok(Self { kind, release, variables, live: Some(live) })
    }
}

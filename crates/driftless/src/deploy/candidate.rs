//! A release that is to be deployed.

use super::{Target, secrets, source::Source};
use crate::{record::Kind, terraform::Variables};

/// A release and what its root is told.
#[derive(Debug)]
pub struct Candidate {
    /// What is done.
    pub kind: Kind,
    /// The release.
    pub source: Source,
    /// What the root is told.
    pub variables: Variables,
}

impl Candidate {
    /// `source` with the secrets' current versions and the numbers of tasks that the environment has now.
    pub async fn of(target: &Target, kind: Kind, source: Source) -> anyhow::Result<Self> {
        let images = source.release.images.iter().map(|(service, image)| (service.clone(), image.digest)).collect();
        let live = target.records().live(None).await?;
        let mut tasks = live.map(|record| record.variables.tasks).unwrap_or_default();
        tasks.retain(|service, _| source.release.images.contains_key(service));
        let secret_versions = secrets::versions(target).await?;
        Ok(Self { kind, source, variables: Variables { images, tasks, secret_versions } })
    }
}

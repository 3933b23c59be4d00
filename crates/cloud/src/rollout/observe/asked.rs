//! What a service was last asked to run, whether or not it came to that.

use anyhow::Context;
use hint::Hint;
use model::stack::Deployed;
use oci::Digest;

use super::{Observer, attempt::gone_back_to, is_missing};
use crate::aws::Error;

/// A task definition, and the image in it.
pub(in crate::rollout) struct Asked {
    pub(in crate::rollout) task_definition: String,
    pub(in crate::rollout) digest: Digest,
}

impl Observer {
    /// What the newest deployment is of, whatever became of it; where `goes_back`, what it went back to if it was rolled back.
    pub(in crate::rollout) async fn of_newest(
        &mut self,
        deployed: &Deployed,
        goes_back: bool,
    ) -> anyhow::Result<Asked> {
        let name = &deployed.service_name;
        let found = match self.newest(name, goes_back).await {
            Err(error) if error.code() == Some("ClusterNotFoundException") => hint::bail!(
                "the cluster `{}` does not exist: nothing is deployed there",
                self.cluster,
                hint = "`driftless deploy` creates it"
            ),
            other => other.context("reading the newest deployment")?,
        };
        let Some(task_definition) = found else {
            hint::bail!(
                "service `{name}` does not exist in the cluster `{}`",
                self.cluster,
                hint = "`driftless deploy` creates it"
            );
        };
        let digest = self.definitions.digest(&self.ecs, &task_definition).await?;
        let digest = digest
            .with_context(|| format!("`{task_definition}` does not name its image by digest"))
            .hint("it was not registered by driftless: deploy again")?;
        Ok(Asked { task_definition, digest })
    }

    /// The task definition of the newest deployment.
    async fn newest(&mut self, name: &str, goes_back: bool) -> Result<Option<String>, Error> {
        let services = self.ecs.services(&self.cluster, &[name.to_owned()]).await?;
        let Some(service) = services.into_iter().next() else { return Ok(None) };
        let newest = match self.ecs.service_deployments(&self.cluster, name).await {
            Err(error) if is_missing(&error) => None,
            other => other?.into_iter().next(),
        };
        let Some(newest) = newest else { return Ok(Some(service.task_definition)) };
        let target = newest.target_service_revision.as_ref().map(|revision| revision.arn.as_str());
        let Some(revision) = gone_back_to(&newest).filter(|_| goes_back).or(target) else {
            return Ok(Some(service.task_definition));
        };
        let definition = self.definitions.of_revision(&self.ecs, revision).await?;
        Ok(Some(definition.unwrap_or(service.task_definition)))
    }
}

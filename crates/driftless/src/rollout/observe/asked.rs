//! What a service was last asked to run, whether or not it came to that.

use anyhow::{Context, bail};
use oci::Digest;

use super::{Observer, is_missing};
use crate::{aws::Error, stack::Deployed};

/// A task definition, and the image in it.
pub(in crate::rollout) struct Asked {
    pub(in crate::rollout) task_definition: String,
    pub(in crate::rollout) digest: Digest,
}

impl Observer {
    pub(in crate::rollout) async fn asked(&mut self, deployed: &Deployed) -> anyhow::Result<Asked> {
        let name = &deployed.service_name;
        let Some(task_definition) = self.newest(name).await.context("looking for the newest deployment")? else {
            bail!(
                "there is no service `{name}` in the cluster `{}`\nhint: make it with `driftless deploy`",
                self.cluster
            );
        };
        let digest = self.definitions.digest(&self.ecs, &task_definition).await?;
        let digest = digest.with_context(|| {
            format!("`{task_definition}` names no image by digest\nhint: it was not made by driftless; deploy again")
        })?;
        Ok(Asked { task_definition, digest })
    }

    /// The task definition of the newest deployment.
    async fn newest(&mut self, name: &str) -> Result<Option<String>, Error> {
        let services = self.ecs.services(&self.cluster, &[name.to_owned()]).await?;
        let Some(service) = services.into_iter().next() else { return Ok(None) };
        let newest = match self.ecs.service_deployments(&self.cluster, name).await {
            Err(error) if is_missing(&error) => None,
            other => other?.into_iter().next(),
        };
        let Some(revision) = newest.and_then(|newest| newest.target_service_revision) else {
            return Ok(Some(service.task_definition));
        };
        let definition = self.definitions.of_revision(&self.ecs, &revision.arn).await?;
        Ok(Some(definition.unwrap_or(service.task_definition)))
    }
}

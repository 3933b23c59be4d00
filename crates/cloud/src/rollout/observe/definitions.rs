//! Task definitions and revisions never change, so each is read once.

use std::collections::BTreeMap;

use oci::Digest;

use crate::{
    aws::{
        Error,
        ecs::{Ecs, Task, TaskDefinition},
    },
    rollout::Expected,
};

/// Those that were read.
#[derive(Default)]
pub(super) struct Definitions {
    by_arn: BTreeMap<String, TaskDefinition>,
    by_revision: BTreeMap<String, String>,
}

impl Definitions {
    pub(super) async fn get(&mut self, ecs: &Ecs, arn: &str) -> Result<&TaskDefinition, Error> {
        if !self.by_arn.contains_key(arn) {
            let definition = ecs.task_definition(arn).await?;
            self.by_arn.insert(arn.to_owned(), definition);
        }
        Ok(&self.by_arn[arn])
    }

    /// Whether it is what `expected` says.
    pub(super) async fn is_ours(&mut self, ecs: &Ecs, expected: &Expected, arn: &str) -> Result<bool, Error> {
        if expected.task_definition.as_deref().is_some_and(|wanted| wanted != arn) {
            return Ok(false);
        }
        Ok(digests(self.get(ecs, arn).await?).any(|digest| digest == expected.digest))
    }

    /// Drops from `task` the containers that AWS adds, such as the proxy of Service Connect and the agent that watches for threats.
    pub(super) async fn keep_defined(&mut self, ecs: &Ecs, task: &mut Task) -> Result<(), Error> {
        let defined = &self.get(ecs, &task.task_definition_arn).await?.container_definitions;
        task.containers.retain(|container| defined.iter().any(|defined| defined.name == container.name));
        Ok(())
    }

    /// The image of its first container that is named by digest.
    pub(super) async fn digest(&mut self, ecs: &Ecs, arn: &str) -> Result<Option<Digest>, Error> {
        Ok(digests(self.get(ecs, arn).await?).next())
    }

    /// The task definition of a revision.
    pub(super) async fn of_revision(&mut self, ecs: &Ecs, revision: &str) -> Result<Option<String>, Error> {
        if !self.by_revision.contains_key(revision) {
            self.by_revision.extend(ecs.revisions(&[revision.to_owned()]).await?);
        }
        Ok(self.by_revision.get(revision).cloned())
    }
}

fn digests(definition: &TaskDefinition) -> impl Iterator<Item = Digest> {
    let containers = definition.container_definitions.iter();
    containers.filter_map(|container| container.digest().and_then(|digest| digest.parse().ok()))
}

//! What an apply left, by Terraform's state: the task definition of each service, the zones.
//!
//! ECS itself does not say which of its task definitions Terraform registered: the newest revision of a family may be
//! anybody's.

use anyhow::Context;
use hint::Hint;
use model::stack::Deployed;

use crate::{
    Site,
    terraform::{Attributes, State},
};

/// What is in the state of an environment's root.
#[derive(Clone, Debug)]
pub(super) struct Applied(State);

/// A zone of Route 53.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Zone {
    /// Its name.
    pub(super) name: String,
    /// The servers that its parent has to point to.
    pub(super) servers: Vec<String>,
}

/// Terraform's state of the root of `site`; none before the first apply.
pub(super) async fn state(site: &Site) -> anyhow::Result<Option<State>> {
    let read = async {
        let object = site.bucket.get(&format!("{}.tfstate", site.environment)).await?;
        Ok::<_, anyhow::Error>(object.map(|object| State::parse(&object.body)).transpose()?)
    };
    read.await.context("reading Terraform's state")
}

impl Applied {
    /// Reads the state of the root of `site`.
    pub(super) async fn read(site: &Site) -> anyhow::Result<Self> {
        state(site).await?.map(Self).context("the state bucket has no Terraform state")
    }

    /// The zones that the root created.
    pub(super) fn zones(&self) -> Vec<Zone> {
        let zone = |zone: &Attributes| {
            let servers = zone.name_servers.clone().filter(|servers| !servers.is_empty())?;
            Some(Zone { name: zone.name.clone()?, servers })
        };
        self.0.attributes("aws_route53_zone").filter_map(zone).collect()
    }

    /// Whether anything is scaled.
    pub(super) fn scales(&self) -> bool {
        self.0.names("aws_appautoscaling_target").next().is_some()
    }

    /// The ARN of the task definition of `service`, which the stack calls `name`.
    pub(super) fn definition(&self, name: &str, service: &Deployed) -> anyhow::Result<&str> {
        let definitions = self.0.attributes("aws_ecs_task_definition");
        let ours = definitions.filter(|definition| definition.family.as_deref() == Some(&service.family));
        ours.filter_map(|definition| definition.arn.as_deref())
            .last()
            .with_context(|| format!("Terraform's state has no task definition `{}` for `{name}`", service.family))
            .hint("let `terraform = { … }` in infra.nix keep `family` of the task definition as it is rendered")
    }
}

#[cfg(test)]
mod tests {
    use model::stack::Stack;

    use super::*;

    #[test]
    fn the_state_says_which_task_definition_is_a_services() {
        let stack = Stack::parse(include_bytes!("../../../../nix/rendered/stack.json")).unwrap();
        let environment = &stack.environments["prod"];
        let (backend, frontend) = (&environment.services["backend"], &environment.services["frontend"]);
        let text = format!(
            r#"{{"version": 4, "resources": [
                {{"mode": "managed", "type": "aws_ecs_task_definition", "name": "frontend",
                  "instances": [{{"attributes": {{"arn": "arn:{0}:4", "family": "{0}"}}}}]}},
                {{"mode": "data", "type": "aws_ecs_task_definition", "name": "frontend",
                  "instances": [{{"attributes": {{"arn": "arn:{0}:5", "family": "{0}"}}}}]}},
                {{"mode": "managed", "type": "aws_route53_zone", "name": "main",
                  "instances": [{{"attributes": {{"name": "items.example.com", "name_servers": ["ns-1.a.", "ns-2.b."]}}}}]}}]}}"#,
            frontend.family
        );
        let applied = Applied(State::parse(text.as_bytes()).unwrap());
        assert_eq!(applied.definition("frontend", frontend).unwrap(), format!("arn:{}:4", frontend.family));
        let zone = Zone { name: "items.example.com".into(), servers: vec!["ns-1.a.".into(), "ns-2.b.".into()] };
        assert_eq!(applied.zones(), [zone]);
        assert!(applied.definition("backend", backend).is_err());
    }
}

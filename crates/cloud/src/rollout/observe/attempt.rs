//! Which of a service's deployments is ours, and where it is.

use super::{Deployments, Observer, is_missing};
use crate::{
    aws::{Error, ecs::ServiceDeployment},
    rollout::{Attempt, Expected, Phase, Serving},
};

impl Observer {
    /// From ECS's service deployments.
    pub(super) async fn service_deployments(&mut self, expected: &Expected) -> Result<Deployments, Error> {
        let all = self.ecs.service_deployments(&self.cluster, &expected.service_name).await?;
        let mut newer = None;
        let mut serving = None;
        let mut rolled_back = None;
        for deployment in &all {
            let revision = deployment.target_service_revision.as_ref().map(|revision| revision.arn.as_str());
            let definition = self.definition(revision).await?;
            let ours = match &definition {
                Some(arn) => self.definitions.is_ours(&self.ecs, expected, arn).await?,
                None => false,
            };
            if serving.is_none() {
                let back = gone_back_to(deployment);
                let runs = if back.is_some() { self.definition(back).await? } else { definition.clone() };
                let runs = self.serving(expected, runs.as_deref()).await?;
                if let (Some(_), Serving::Ours, Some(arn)) = (back, runs, &definition) {
                    rolled_back = self.definitions.digest(&self.ecs, arn).await?;
                }
                serving = Some(runs);
            }
            if ours {
                let attempt = self.attempt(deployment, never_served(&all)).await?;
                // On its way back ECS may count the old release as a deployment of its own.
                let back = matches!(
                    attempt.phase,
                    Phase::Stopping | Phase::RollingBack | Phase::RolledBack | Phase::RollbackFailed
                );
                return Ok(Deployments {
                    begun: deployment.created_at.map(|time| time.0),
                    superseded_by: newer.filter(|_| !back && serving != Some(Serving::Ours)),
                    attempt: Some(attempt),
                    serving: serving.unwrap_or(Serving::Other(None)),
                    rolled_back,
                });
            }
            newer.get_or_insert_with(|| name(deployment).to_owned());
        }
        let serving = serving.unwrap_or(Serving::Other(None));
        Ok(Deployments { attempt: None, begun: None, superseded_by: None, serving, rolled_back: None })
    }

    async fn serving(&mut self, expected: &Expected, definition: Option<&str>) -> Result<Serving, Error> {
        let Some(arn) = definition else { return Ok(Serving::Other(None)) };
        if self.definitions.is_ours(&self.ecs, expected, arn).await? {
            return Ok(Serving::Ours);
        }
        Ok(Serving::Other(self.definitions.digest(&self.ecs, arn).await?))
    }

    /// The newest deployment, if it is ours and has ended without success; none where deployments cannot be seen.
    pub(in crate::rollout) async fn given_up(&mut self, expected: &Expected) -> Result<Option<String>, Error> {
        let seen = match self.service_deployments(expected).await {
            Err(error) if is_missing(&error) => return Ok(None),
            other => other?,
        };
        let attempt = seen.attempt.filter(|_| seen.serving == Serving::Ours);
        let ended = attempt.filter(|attempt| attempt.phase.is_final() && attempt.phase != Phase::Successful);
        Ok(ended.map(|attempt| attempt.id))
    }

    async fn definition(&mut self, revision: Option<&str>) -> Result<Option<String>, Error> {
        let Some(revision) = revision else { return Ok(None) };
        self.definitions.of_revision(&self.ecs, revision).await
    }

    async fn attempt(&mut self, deployment: &ServiceDeployment, never_served: bool) -> Result<Attempt, Error> {
        let source = deployment.source_service_revisions.first().map(|revision| revision.arn.as_str());
        let from = match self.definition(source).await? {
            Some(arn) => self.definitions.digest(&self.ecs, &arn).await?,
            None => None,
        };
        let rollback = deployment.rollback.as_ref().and_then(|rollback| rollback.reason.clone());
        let alarms = deployment.alarms.as_ref().map(|alarms| alarms.triggered_alarm_names.clone());
        Ok(Attempt {
            id: deployment.service_deployment_arn.clone(),
            phase: phase(&deployment.status),
            reason: rollback.or_else(|| deployment.status_reason.clone()).filter(|reason| !reason.is_empty()),
            first: source.is_none() || never_served,
            breaks: deployment.deployment_circuit_breaker.as_ref().is_none_or(|breaker| breaker.status != "DISABLED"),
            stoppable: true,
            alarms: alarms.unwrap_or_default(),
            from,
        })
    }
}

/// The revision that a service runs after `deployment` was rolled back.
pub(super) fn gone_back_to(deployment: &ServiceDeployment) -> Option<&str> {
    if deployment.status != "ROLLBACK_SUCCESSFUL" {
        return None;
    }
    let named = deployment.rollback.as_ref().and_then(|rollback| rollback.service_revision_arn.as_deref());
    named.or_else(|| deployment.source_service_revisions.first().map(|source| source.arn.as_str()))
}

/// Whether these deployments go back to the service's first, and none of them came to serve: ECS may name as the source of
/// another try what failed before it.
fn never_served(all: &[ServiceDeployment]) -> bool {
    let serves = |one: &ServiceDeployment| matches!(one.status.as_str(), "SUCCESSFUL" | "ROLLBACK_SUCCESSFUL");
    all.iter().any(|one| one.source_service_revisions.is_empty()) && !all.iter().any(serves)
}

/// The last part of its ARN.
fn name(deployment: &ServiceDeployment) -> &str {
    deployment.service_deployment_arn.rsplit('/').next().unwrap_or_default()
}

fn phase(status: &str) -> Phase {
    match status {
        "SUCCESSFUL" => Phase::Successful,
        "STOP_REQUESTED" => Phase::Stopping,
        "STOPPED" => Phase::Stopped,
        "ROLLBACK_REQUESTED" | "ROLLBACK_IN_PROGRESS" => Phase::RollingBack,
        "ROLLBACK_SUCCESSFUL" => Phase::RolledBack,
        "ROLLBACK_FAILED" => Phase::RollbackFailed,
        // PENDING, IN_PROGRESS, and what ECS may come to say.
        _ => Phase::Moving,
    }
}

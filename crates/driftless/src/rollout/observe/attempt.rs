//! Which of a service's deployments is ours, and where it is.

use super::{Deployments, Observer};
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
        for deployment in &all {
            let revision = deployment.target_service_revision.as_ref().map(|revision| revision.arn.as_str());
            let definition = self.definition(revision).await?;
            let ours = match &definition {
                Some(arn) => self.definitions.is_ours(&self.ecs, expected, arn).await?,
                None => false,
            };
            if serving.is_none() {
                serving = Some(match &definition {
                    _ if ours => Serving::Ours,
                    Some(arn) => Serving::Other(self.definitions.digest(&self.ecs, arn).await?),
                    None => Serving::Other(None),
                });
            }
            if ours {
                let attempt = self.attempt(deployment).await?;
                // On its way back ECS may count the old release as a deployment of its own.
                let back = matches!(
                    attempt.phase,
                    Phase::Stopping | Phase::RollingBack | Phase::RolledBack | Phase::RollbackFailed
                );
                return Ok(Deployments {
                    begun: deployment.created_at.map(|time| time.0),
                    superseded_by: newer.filter(|_| !back),
                    attempt: Some(attempt),
                    serving: serving.unwrap_or(Serving::Other(None)),
                });
            }
            newer.get_or_insert_with(|| name(deployment).to_owned());
        }
        let serving = serving.unwrap_or(Serving::Other(None));
        Ok(Deployments { attempt: None, begun: None, superseded_by: None, serving })
    }

    async fn definition(&mut self, revision: Option<&str>) -> Result<Option<String>, Error> {
        let Some(revision) = revision else { return Ok(None) };
        self.definitions.of_revision(&self.ecs, revision).await
    }

    async fn attempt(&mut self, deployment: &ServiceDeployment) -> Result<Attempt, Error> {
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
            first: source.is_none(),
            stoppable: true,
            alarms: alarms.unwrap_or_default(),
            from,
        })
    }
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

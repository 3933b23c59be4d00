//! The same from `DescribeServices` alone, where ECS has no service deployments, or the caller may not see them. They
//! cannot be stopped then: the circuit breaker has to.

use super::{Deployments, Observer};
use crate::{
    aws::{
        Error,
        ecs::{Deployment, Service},
    },
    rollout::{Attempt, Expected, Phase, Serving},
};

impl Observer {
    /// From the deployments that a service has at present.
    pub(super) async fn service_alone(&mut self, expected: &Expected, service: &Service) -> Result<Deployments, Error> {
        let mut ours = None;
        for deployment in &service.deployments {
            if self.definitions.is_ours(&self.ecs, expected, &deployment.task_definition).await? {
                ours = Some(deployment);
                break;
            }
        }
        let primary = service.deployments.iter().find(|deployment| deployment.status == "PRIMARY");
        let serving = match (primary, ours) {
            (Some(primary), Some(ours)) if primary.id == ours.id => Serving::Ours,
            (Some(primary), _) => Serving::Other(self.definitions.digest(&self.ecs, &primary.task_definition).await?),
            (None, _) => Serving::Other(None),
        };
        let other = service.deployments.iter().find(|other| ours.is_none_or(|ours| ours.id != other.id));
        let begun = ours.and_then(|ours| ours.created_at).map(|time| time.0);
        let known = self.known.entry(expected.service.clone()).or_default();
        if known.before.is_none() {
            known.before = other.map(|other| other.task_definition.clone());
        }
        let (attempt, superseded_by) = match (ours, known.ours.clone(), primary) {
            (Some(ours), _, _) => {
                let from = match &known.before {
                    Some(before) => self.definitions.digest(&self.ecs, before).await?,
                    None => None,
                };
                let first = known.before.is_none();
                (Some(Attempt { first, from, ..attempt(ours, serving == Serving::Ours, service) }), None)
            }
            // Ours is gone, and what ran before is back.
            (None, Some(ours), Some(primary)) if known.before.as_ref() == Some(&primary.task_definition) => {
                let done = primary.rollout_state.as_deref() != Some("IN_PROGRESS");
                let phase = if done { Phase::RolledBack } else { Phase::RollingBack };
                let reason = primary.rollout_state_reason.clone().filter(|reason| !reason.is_empty());
                (Some(Attempt { phase, reason, ..ours }), None)
            }
            (None, Some(ours), Some(primary)) => (Some(ours), Some(primary.id.clone())),
            (None, ours, _) => (ours, None),
        };
        known.ours.clone_from(&attempt);
        Ok(Deployments { attempt, begun, superseded_by, serving, rolled_back: None })
    }
}

fn attempt(ours: &Deployment, primary: bool, service: &Service) -> Attempt {
    let settled = service.deployments.len() == 1 && ours.running_count >= ours.desired_count;
    let phase = match ours.rollout_state.as_deref() {
        _ if !primary => Phase::RollingBack,
        Some("COMPLETED") => Phase::Successful,
        None if settled => Phase::Successful,
        // With nothing to go back to, it stays.
        Some("FAILED") if service.deployments.len() == 1 => Phase::Stopped,
        _ => Phase::Moving,
    };
    Attempt {
        id: ours.id.clone(),
        phase,
        reason: ours.rollout_state_reason.clone().filter(|reason| !reason.is_empty()),
        first: service.deployments.len() == 1,
        breaks: true,
        stoppable: false,
        alarms: Vec::new(),
        from: None,
    }
}

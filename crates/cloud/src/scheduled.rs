//! What schedules have decided: between which numbers of tasks services are scaled now. No plan undoes it.

use std::collections::BTreeMap;

use anyhow::Context;
use model::stack::{Deployed, Environment, Range};
use serde::Serialize;

use crate::aws::{
    Account,
    autoscaling::{self, Target},
};

/// The ranges that schedules have set, by service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Scheduled(BTreeMap<String, Range>);

impl Scheduled {
    /// Asks how the services of `environment` that have a schedule are scaled. Whoever may not ask is answered with nothing.
    pub async fn read(account: &Account, environment: &Environment) -> anyhow::Result<Self> {
        if environment.services.values().all(|service| service.schedule.is_empty()) {
            return Ok(Self::default());
        }
        match targets(account, environment).await {
            Err(error) if error.code() == Some("AccessDeniedException") => Ok(Self::default()),
            targets => Ok(Self::of(environment, &targets.context("reading what schedules have set")?)),
        }
    }

    fn of(environment: &Environment, targets: &BTreeMap<&str, Target>) -> Self {
        let set = |(name, service): (&String, &Deployed)| {
            let target = targets.get(name.as_str())?;
            let range = Range { min: target.min_capacity, max: target.max_capacity };
            let by_schedule = service.schedule.values().any(|set| *set == range);
            // While a number holds that the command line gave, no schedule changes anything.
            let suspended = target.suspended_state.is_some_and(|state| state.scheduled_scaling_suspended);
            let heeds = by_schedule && !suspended;
            heeds.then(|| (name.clone(), range))
        };
        Self(environment.services.iter().filter_map(set).collect())
    }

    /// Whether a schedule has the service run no task.
    pub fn is_asleep(&self, service: &str) -> bool {
        self.0.get(service).is_some_and(|range| range.max == 0)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// How the services of `environment` are scaled; without those that are not.
pub(crate) async fn targets<'a>(
    account: &Account,
    environment: &'a Environment,
) -> Result<BTreeMap<&'a str, Target>, crate::aws::Error> {
    let id = |service: &Deployed| format!("service/{}/{}", environment.cluster, service.service_name);
    let ids: Vec<_> = environment.services.values().map(id).collect();
    let targets = autoscaling::targets(account, &ids).await?;
    let names = targets.into_iter().filter_map(|target| {
        let (name, _) = environment.services.iter().find(|(_, service)| id(service) == target.resource_id)?;
        Some((name.as_str(), target))
    });
    Ok(names.collect())
}

#[cfg(test)]
mod tests {
    use model::stack::Stack;

    use super::*;

    #[test]
    fn what_a_schedule_has_set_is_told_from_what_somebody_else_has() {
        let mut stack = Stack::parse(include_bytes!("../../../nix/rendered/stack.json")).unwrap();
        let mut dev = stack.environments.remove("dev").unwrap();
        let night = Range { min: 0, max: 0 };
        dev.services.get_mut("frontend").unwrap().schedule =
            [("night".to_owned(), night), ("day".to_owned(), Range { min: 2, max: 6 })].into();
        let set = |min_capacity, max_capacity, suspended| {
            let suspended_state = Some(autoscaling::Suspended { scheduled_scaling_suspended: suspended });
            let target = Target { resource_id: String::new(), min_capacity, max_capacity, suspended_state };
            Scheduled::of(&dev, &[("frontend", target.clone()), ("backend", target)].into())
        };
        assert_eq!(set(0, 0, false), Scheduled([("frontend".to_owned(), night)].into()));
        assert!(set(0, 0, false).is_asleep("frontend"));
        assert!(!set(2, 6, false).is_asleep("frontend"));
        assert!(!set(0, 0, false).is_asleep("backend"), "it has no schedule");
        for others in [set(0, 6, false), set(0, 0, true)] {
            assert!(others.is_empty(), "{others:?}");
        }
    }
}

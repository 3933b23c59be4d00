//! Whether Fargate has room for the tasks: new accounts have little.

use model::stack::{Deployed, Environment};
use serde_json::Value;

use super::{
    Finding,
    quota::{CHECK, remedy},
};
use crate::{Site, aws::servicequotas::quota, terraform::Configuration};

/// Both kinds of capacity: the provider's name, the quota of virtual CPUs, what people call it.
const KINDS: [(&str, &str, &str); 2] =
    [("FARGATE", "L-3032A538", "Fargate"), ("FARGATE_SPOT", "L-36FBB829", "Fargate Spot")];

/// While a release rolls, old and new tasks run side by side, unless the service says how many at most.
const ROLLING: f64 = 2.0;

/// Virtual CPUs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Need {
    /// While nothing changes.
    steady: f64,
    /// While a release rolls.
    rolling: f64,
}

pub(super) async fn look(
    site: &Site,
    environment: &Environment,
    configuration: Option<&Configuration>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (provider, code, words) in KINDS {
        let services = environment.services.iter();
        let mut need = Need::default();
        for (name, service) in services {
            let one = of(name, service, provider, configuration);
            need = Need { steady: need.steady + one.steady, rolling: need.rolling + one.rolling };
        }
        if need.steady > 0.0 {
            findings.push(match quota(&site.account, "fargate", code).await {
                Ok(allowed) => judge(need, allowed, words, |wanted| remedy(&site.account, "fargate", code, wanted)),
                Err(error) => Finding::unchecked(CHECK, &error, "servicequotas:GetServiceQuota"),
            });
        }
    }
    findings
}

fn of(name: &str, service: &Deployed, provider: &str, configuration: Option<&Configuration>) -> Need {
    let argument = |argument| configuration.map_or(&Value::Null, |it| it.argument("aws_ecs_service", name, argument));
    let steady =
        f64::from(service.cpu * service.tasks) / 1024.0 * share(argument("capacity_provider_strategy"), provider);
    let most = argument("deployment_maximum_percent").as_f64().map_or(ROLLING, |percent| percent / 100.0);
    Need { steady, rolling: steady * most }
}

/// The part of a service's tasks that a capacity provider gets, by the weights.
fn share(strategy: &Value, provider: &str) -> f64 {
    let Some(entries) = strategy.as_array().filter(|entries| !entries.is_empty()) else {
        return if provider == KINDS[0].0 { 1.0 } else { 0.0 };
    };
    let weight = |entry: &Value| entry["weight"].as_f64().unwrap_or(0.0);
    let all: f64 = entries.iter().map(weight).sum();
    let its: f64 = entries.iter().filter(|entry| entry["capacity_provider"] == provider).map(weight).sum();
    if all > 0.0 { its / all } else { 0.0 }
}

fn judge(need: Need, allowed: f64, kind: &str, remedy: impl Fn(f64) -> String) -> Finding {
    let Need { steady, rolling } = need;
    let says = format!(
        "tasks take {steady} vCPU of {kind}, and {rolling} while a release rolls; all tasks of the account in this region \
         may take {allowed}"
    );
    if steady > allowed {
        Finding::error(CHECK, says, format!("ask for more: {}", remedy(rolling.ceil())))
    } else if rolling > allowed {
        Finding::warning(CHECK, says, format!("before a release has to wait for room: {}", remedy(rolling.ceil())))
    } else {
        Finding::fine(CHECK, says)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::deploy::Level;

    #[test]
    fn too_little_for_the_tasks_is_an_error_and_too_little_for_a_rollout_a_warning() {
        let need = Need { steady: 2.0, rolling: 4.0 };
        let level = |allowed| judge(need, allowed, "Fargate", |wanted| format!("{wanted} more")).level;
        assert_eq!([1.0, 2.0, 3.5, 4.0].map(level), [Level::Error, Level::Warning, Level::Warning, Level::Fine]);
    }

    #[test]
    fn spot_capacity_has_a_quota_of_its_own() {
        let strategy = json!([
            { "capacity_provider": "FARGATE", "base": 1, "weight": 25 },
            { "capacity_provider": "FARGATE_SPOT", "weight": 75 }
        ]);
        assert_eq!((share(&strategy, "FARGATE"), share(&strategy, "FARGATE_SPOT")), (0.25, 0.75));
        assert_eq!((share(&Value::Null, "FARGATE"), share(&Value::Null, "FARGATE_SPOT")), (1.0, 0.0));
    }
}

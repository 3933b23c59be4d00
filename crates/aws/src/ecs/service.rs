//! Services: what runs, and what is wanted.

use serde::{Deserialize, de::IgnoredAny};
use serde_json::json;

use super::{Ecs, NetworkConfiguration};
use crate::{Error, Time};

/// ECS describes at most so many services in one call.
const AT_ONCE: usize = 10;

/// A service.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// Its ARN.
    pub service_arn: String,
    /// Its name.
    pub service_name: String,
    /// `ACTIVE`, `DRAINING` or `INACTIVE`.
    pub status: String,
    /// The task definition that is wanted.
    #[serde(default)]
    pub task_definition: String,
    /// Tasks wanted.
    #[serde(default)]
    pub desired_count: u32,
    /// Tasks that run.
    #[serde(default)]
    pub running_count: u32,
    /// Tasks that start.
    #[serde(default)]
    pub pending_count: u32,
    /// Its deployments, the newest as `PRIMARY`.
    #[serde(default)]
    pub deployments: Vec<Deployment>,
    /// What ECS says of it, newest first, at most a hundred.
    #[serde(default)]
    pub events: Vec<Event>,
    /// Its target groups.
    #[serde(default)]
    pub load_balancers: Vec<LoadBalancer>,
    /// Where its tasks are.
    pub network_configuration: Option<NetworkConfiguration>,
    /// When it was made.
    pub created_at: Option<Time>,
}

/// A set of tasks of one task definition, in a service.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// Its id, `ecs-svc/…`; tasks have it as `startedBy`.
    pub id: String,
    /// `PRIMARY`, `ACTIVE` or `INACTIVE`.
    pub status: String,
    /// Its task definition.
    pub task_definition: String,
    /// Tasks wanted.
    #[serde(default)]
    pub desired_count: u32,
    /// Tasks that run.
    #[serde(default)]
    pub running_count: u32,
    /// Tasks that start.
    #[serde(default)]
    pub pending_count: u32,
    /// Tasks that did not start or stopped too early.
    #[serde(default)]
    pub failed_tasks: u32,
    /// `IN_PROGRESS`, `COMPLETED` or `FAILED`.
    pub rollout_state: Option<String>,
    /// Why, as a sentence.
    pub rollout_state_reason: Option<String>,
    /// When it was made.
    pub created_at: Option<Time>,
}

/// What ECS says of a service.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Names the event.
    pub id: String,
    /// When.
    pub created_at: Time,
    /// A sentence.
    pub message: String,
}

/// A target group of a service.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadBalancer {
    /// Its ARN.
    pub target_group_arn: Option<String>,
    /// The other one, where traffic moves between two.
    #[serde(default)]
    pub advanced_configuration: Option<AdvancedConfiguration>,
    /// The container that gets the requests.
    pub container_name: Option<String>,
    /// The port that it listens on.
    pub container_port: Option<u16>,
}

/// Where traffic moves to and fro: with each deployment the two target groups change their parts.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdvancedConfiguration {
    /// ARN of the other target group.
    pub alternate_target_group_arn: Option<String>,
}

impl LoadBalancer {
    /// ARNs of the target groups that its tasks may be in.
    pub fn target_groups(&self) -> impl Iterator<Item = &str> {
        let advanced = self.advanced_configuration.as_ref();
        let alternate = advanced.and_then(|advanced| advanced.alternate_target_group_arn.as_deref());
        self.target_group_arn.as_deref().into_iter().chain(alternate)
    }
}

impl Ecs {
    /// The services `names` of `cluster`, as far as they exist.
    pub async fn services(&self, cluster: &str, names: &[String]) -> Result<Vec<Service>, Error> {
        #[derive(Deserialize)]
        struct Output {
            #[serde(default)]
            services: Vec<Service>,
        }
        let mut services = Vec::new();
        for names in names.chunks(AT_ONCE) {
            let input = json!({ "cluster": cluster, "services": names });
            let output: Output = self.0.json("DescribeServices", &input).await?;
            services.extend(output.services.into_iter().filter(|service| service.status != "INACTIVE"));
        }
        Ok(services)
    }

    /// Has the service `name` of `cluster` run so many tasks.
    pub async fn set_desired_count(&self, cluster: &str, name: &str, count: u32) -> Result<(), Error> {
        let input = json!({ "cluster": cluster, "service": name, "desiredCount": count });
        self.0.json::<IgnoredAny>("UpdateService", &input).await.map(drop)
    }

    /// Begins another deployment of what the service `name` of `cluster` runs, or is to run, already.
    pub async fn deploy_again(&self, cluster: &str, name: &str) -> Result<(), Error> {
        let input = json!({ "cluster": cluster, "service": name, "forceNewDeployment": true });
        self.0.json::<IgnoredAny>("UpdateService", &input).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_in_either_of_two_target_groups_where_traffic_moves_between_them() {
        let groups = |text| {
            let balancer: LoadBalancer = serde_json::from_value(text).unwrap();
            balancer.target_groups().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(groups(json!({ "targetGroupArn": "blue" })), ["blue"]);
        let advanced = json!({ "alternateTargetGroupArn": "green", "roleArn": "r" });
        assert_eq!(groups(json!({ "targetGroupArn": "blue", "advancedConfiguration": advanced })), ["blue", "green"]);
    }
}

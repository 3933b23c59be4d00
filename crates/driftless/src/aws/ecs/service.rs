//! Services: what runs, and what is wanted.

use serde::Deserialize;
use serde_json::json;

use super::{Ecs, NetworkConfiguration};
use crate::aws::{Error, Time};

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
    /// The container that gets the requests.
    pub container_name: Option<String>,
    /// The port that it listens on.
    pub container_port: Option<u16>,
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
}

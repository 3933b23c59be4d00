//! Elastic Container Service.

mod deployment;
mod run;
mod service;
mod task;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::{Account, Client, Error};

pub use deployment::{Alarms, CircuitBreaker, Revision, Rollback, ServiceDeployment};
pub use run::{Launch, NetworkConfiguration};
pub use service::{AdvancedConfiguration, Deployment, Event, LoadBalancer, Service};
pub use task::{Container, ContainerDefinition, LogConfiguration, Task, TaskDefinition};

/// The service.
pub static SERVICE: super::Service =
    super::Service { name: "ECS", id: "ECS", host: "ecs", signing: "ecs", api: "AmazonEC2ContainerServiceV20141113" };

/// ECS in a region of an account.
#[derive(Clone, Debug)]
pub struct Ecs(Client);

impl Ecs {
    /// ECS in the region of `account`.
    pub fn new(account: &Account) -> Self {
        Self(account.client(&SERVICE))
    }

    /// Whether there is this cluster, by its name or ARN. One that was deleted can be described for a while.
    pub async fn has_cluster(&self, cluster: &str) -> Result<bool, Error> {
        #[derive(Deserialize)]
        struct Output {
            #[serde(default)]
            clusters: Vec<Cluster>,
        }
        #[derive(Deserialize)]
        struct Cluster {
            status: String,
        }
        let output: Output = self.0.json("DescribeClusters", &json!({ "clusters": [cluster] })).await?;
        Ok(output.clusters.iter().any(|cluster| cluster.status != "INACTIVE"))
    }
}

/// Settings that log drivers take, by name.
pub type LogOptions = BTreeMap<String, String>;

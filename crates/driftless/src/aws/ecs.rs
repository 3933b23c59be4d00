//! Elastic Container Service.

mod deployment;
mod run;
mod service;
mod task;

use std::collections::BTreeMap;

use super::{Account, Client};

pub use deployment::{Alarms, CircuitBreaker, Revision, Rollback, ServiceDeployment, StopType};
pub use run::{Launch, NetworkConfiguration};
pub use service::{Deployment, Event, LoadBalancer, Service};
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
}

/// Settings that log drivers take, by name.
pub type LogOptions = BTreeMap<String, String>;

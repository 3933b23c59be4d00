//! What is registered in the account, as an agent is told.

use std::collections::BTreeMap;

use engine::Secret;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct Tasks {
    pub(crate) tasks: Vec<Task>,
}

/// A task that ECS has placed.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Task {
    #[serde(rename = "task")]
    arn: String,
    pub(crate) service: String,
    pub(crate) cluster: String,
    /// `RUNNING` or `STOPPED`.
    wanted: String,
    state: String,
    /// None of a task that has ended, or is played.
    pub(crate) spec: Option<Spec>,
}

impl Task {
    pub(crate) fn id(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or(&self.arn)
    }

    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted == "RUNNING"
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.state == "STOPPED"
    }

    /// Service and the beginning of its id, as people tell tasks apart.
    pub(crate) fn words(&self) -> String {
        format!("{}/{}", self.service, self.id().get(..8).unwrap_or(self.id()))
    }
}

/// All that makes a task what it is.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Spec {
    pub(crate) containers: Vec<Container>,
    pub(crate) volumes: Vec<Volume>,
    pub(crate) target_groups: Vec<TargetPort>,
    pub(crate) connect: Connect,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Container {
    pub(crate) name: String,
    pub(crate) image: String,
    /// None if the image is of another registry than the account's.
    pub(crate) pull: Option<Pull>,
    pub(crate) command: Option<Vec<String>>,
    #[serde(rename = "entryPoint")]
    pub(crate) entry_point: Option<Vec<String>>,
    pub(crate) user: Option<String>,
    #[serde(rename = "stopTimeout")]
    pub(crate) stop_timeout: Option<u64>,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) secrets: BTreeMap<String, Secret>,
    pub(crate) mounts: Vec<Mount>,
    /// Directories that are memory, by their mebibytes.
    pub(crate) memory: BTreeMap<String, u64>,
    pub(crate) named_ports: BTreeMap<String, u16>,
}

/// Where an image is in the account's registry, and what its reader signs in with.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Pull {
    pub(crate) repository: String,
    pub(crate) password: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Mount {
    pub(crate) volume: String,
    pub(crate) path: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Volume {
    pub(crate) name: String,
    /// The access point or file system behind it; none if it goes with the task.
    pub(crate) kept: Option<String>,
}

/// A target group, and the port that a task is registered with in it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TargetPort {
    pub(crate) arn: String,
    pub(crate) port: u16,
}

/// Service Connect.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Connect {
    pub(crate) enabled: bool,
    pub(crate) namespace: Option<String>,
    pub(crate) serves: Vec<Alias>,
}

/// A name and port under which others find a service.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Alias {
    pub(crate) name: String,
    pub(crate) port: u16,
    /// The name of the port that it leads to.
    pub(crate) of: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Balancers {
    pub(crate) balancers: Vec<Balancer>,
    pub(crate) names: Vec<Name>,
}

/// A name that leads to a load balancer.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Name {
    pub(crate) host: String,
    /// The load balancer's own name.
    pub(crate) balancer: String,
    /// The names of the certificate that is shown.
    pub(crate) certified: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Balancer {
    pub(crate) host: String,
    pub(crate) listeners: Vec<Listener>,
    pub(crate) groups: Vec<Group>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Listener {
    pub(crate) rules: Vec<Rule>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) priority: u32,
    pub(crate) paths: Vec<String>,
    pub(crate) hosts: Vec<String>,
    pub(crate) actions: Vec<Action>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Action {
    target_group_arn: Option<String>,
    forward_config: Option<Forward>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
struct Forward {
    #[serde(default)]
    target_groups: Vec<Weighted>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
struct Weighted {
    target_group_arn: String,
    /// A number, which some write as text.
    weight: Option<serde_json::Value>,
}

impl Weighted {
    fn weight(&self) -> u64 {
        let Some(weight) = &self.weight else { return 1 };
        weight.as_u64().or_else(|| weight.as_str()?.parse().ok()).unwrap_or(1)
    }
}

impl Rule {
    /// The target group that gets most of what it matches; none if it forwards nothing.
    pub(crate) fn group(&self) -> Option<&str> {
        let weighted = self.actions.iter().filter_map(|action| action.forward_config.as_ref());
        let weighted = weighted.flat_map(|forward| &forward.target_groups).filter(|group| group.weight() > 0);
        let heaviest = weighted.max_by_key(|group| group.weight()).map(|group| &group.target_group_arn);
        heaviest.or_else(|| self.actions.iter().find_map(|action| action.target_group_arn.as_ref())).map(String::as_str)
    }
}

/// A target group's health check, and how long it lets a target finish.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) arn: String,
    pub(crate) path: String,
    pub(crate) interval: u64,
    pub(crate) timeout: u64,
    pub(crate) healthy: u32,
    pub(crate) unhealthy: u32,
    pub(crate) drain: u64,
}

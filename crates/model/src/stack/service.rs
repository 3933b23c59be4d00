//! A service: an image and how it is run and reached.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One service: an image and how it is run and reached.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The Cargo package, and its binary, that the image holds.
    pub package: String,
    /// Arguments of the program.
    #[serde(default)]
    pub command: Vec<String>,
    /// The port that the container listens on; passed to it as `PORT`.
    pub port: u16,
    /// The load balancer's rules that forward to this service.
    pub rules: Vec<Rule>,
    /// The target group's health check.
    pub health: Health,
    /// Environment variables. `service:NAME` becomes the address of that service (`http://host:port`).
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Names of the environment variables whose values are secrets, kept elsewhere.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Fargate CPU units; 1024 are one virtual CPU.
    pub cpu: u32,
    /// Memory in MiB.
    pub memory: u32,
    /// Tasks that run at once.
    pub tasks: u32,
    /// Directory in the container that outlives its tasks, or none.
    #[serde(default)]
    pub data: Option<String>,
    /// Seconds between the stop signal and the kill.
    pub stop_timeout_seconds: u32,
    /// Seconds that a replaced task may still answer the requests it has.
    pub drain_seconds: u32,
}

/// A listener rule: requests that match are forwarded to the service.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Rules are tried in ascending order of this, 1 to 50000, each number once.
    pub priority: u32,
    /// Path patterns with `*` and `?`, any of which must match; at most five.
    pub paths: Vec<String>,
    /// Host names with `*` and `?`, any of which must match; none is every host.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
}

/// A target group's health check.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// Path that is asked; 200 is healthy.
    pub path: String,
    /// Seconds between checks.
    pub interval_seconds: u32,
    /// Seconds until an unanswered check counts as failed.
    pub timeout_seconds: u32,
    /// Consecutive successes that make a target healthy.
    pub healthy_threshold: u32,
    /// Consecutive failures that make it unhealthy.
    pub unhealthy_threshold: u32,
}

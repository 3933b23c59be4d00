//! A service: an image and how it is run and reached.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One service: an image and how it is run and reached.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The Cargo package whose program the image holds, if it is made of one.
    pub package: String,
    /// The program of that package; that of the package's name if there is none. [`Service::program`] has both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary: Option<String>,
    /// Where the image comes from.
    #[serde(default, skip_serializing_if = "ImageSource::is_program")]
    pub image: ImageSource,
    /// Files and directories of the project that are added to the image, by where they are in it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// Whether the time zones of the world are added to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub time_zones: bool,
    /// When the image says that it was created, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
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
    /// User and group that the program runs as, by their numbers; none is the image's own.
    #[serde(default = "nobody", skip_serializing_if = "is_nobody")]
    pub user: Option<String>,
    /// What is started instead of the image's entrypoint, if anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entrypoint: Vec<String>,
    /// Directories that the program may write to, empty when a task starts, by MiB of its memory.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub writable: BTreeMap<String, u32>,
}

/// User and group of every image that Driftless packs.
const NOBODY: &str = "65532:65532";

/// Who runs a program where nothing is said.
#[expect(clippy::unnecessary_wraps, reason = "none is something else")]
pub(super) fn nobody() -> Option<String> {
    Some(NOBODY.to_owned())
}

#[expect(clippy::ref_option, reason = "serde calls it with a reference")]
pub(super) fn is_nobody(user: &Option<String>) -> bool {
    user.as_deref() == Some(NOBODY)
}

/// Where the image of a service comes from.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageSource {
    /// It is made of the one static program of the package.
    #[default]
    Program,
    /// Nix builds it, and nothing else can.
    Nix,
    /// An OCI layout of any builder, at this path in the project.
    Layout(String),
    /// An image in a registry, by its digest.
    Reference(String),
}

impl ImageSource {
    /// Whether it is made of one static program.
    pub fn is_program(&self) -> bool {
        *self == Self::Program
    }

    /// Whether it is built from the project's sources, and not by somebody else.
    pub fn is_built_here(&self) -> bool {
        matches!(self, Self::Program | Self::Nix)
    }

    /// Whether it is in a registry.
    pub fn is_reference(&self) -> bool {
        matches!(self, Self::Reference(_))
    }
}

impl Service {
    /// The package, and the name of its program.
    pub fn program(&self) -> (&str, &str) {
        (&self.package, self.binary.as_deref().unwrap_or(&self.package))
    }
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
    /// The health check of the container itself, as ECS has it: `CMD` or `CMD-SHELL`, and what follows. None if it is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
}

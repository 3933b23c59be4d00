//! A stack on AWS: what is particular about each place.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use super::{
    Health, Rule,
    service::{is_nobody, nobody},
};

/// What all environments share.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Foundation {
    /// Region of the image repositories.
    pub region: String,
    /// Name of the image repository of each service.
    pub repositories: BTreeMap<String, String>,
    /// What releases are signed with, if they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signatures: Option<Signatures>,
}

/// How releases are signed.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Signatures {
    /// Alias of the key in KMS, in the foundation's region.
    pub key: String,
    /// Whether nothing is released that has not been signed before.
    pub required: bool,
}

/// A place where the services run.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// AWS region.
    pub region: String,
    /// The only account that it may be made in, if that is said.
    pub account: Option<String>,
    /// Whether destroying it needs more than a yes.
    pub protected: bool,
    /// How traffic moves to a release.
    pub strategy: Strategy,
    /// How long that takes.
    #[serde(default)]
    pub pace: Pace,
    /// Whether CloudFront is in front of the load balancer, which then answers nobody else. Without a domain its name is
    /// the output `application_url`.
    #[serde(default)]
    pub cdn: bool,
    /// Whether anybody may connect, and not certain addresses alone.
    #[serde(default = "yes")]
    pub open: bool,
    /// Versions of Terraform's AWS provider that may be used.
    pub provider: String,
    /// Where people find it; without a domain, the load balancer's own name.
    pub url: Option<String>,
    /// Name of the cluster.
    pub cluster: String,
    /// The services as they are here.
    pub services: BTreeMap<String, Deployed>,
    /// Ways that must not be open, as `internet -> database`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never: Vec<String>,
    /// Ways that must be open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must: Vec<String>,
}

fn yes() -> bool {
    true
}

impl Environment {
    /// Whether anybody can ask it from outside by an address that is known before it is made. CloudFront without a domain
    /// gets its name from AWS, and a load balancer behind it, or one for certain networks, answers nobody else.
    pub fn can_be_asked(&self) -> bool {
        self.open && (self.url.is_some() || !self.cdn)
    }

    /// How long traffic is on its way once the new tasks are there: the old ones run as long beside them.
    pub fn moving(&self) -> Duration {
        let Pace { bake_minutes, step_percent, step_minutes } = self.pace;
        let steps = match self.strategy {
            Strategy::Rolling => return Duration::ZERO,
            Strategy::BlueGreen => 0,
            Strategy::Canary => 1,
            // The last step is followed by the bake.
            Strategy::Linear => 100_u32.div_ceil(step_percent.max(1)) - 1,
        };
        Duration::from_secs(60 * (u64::from(bake_minutes) + u64::from(steps) * u64::from(step_minutes)))
    }
}

/// How long traffic moves, where the strategy is not [`Strategy::Rolling`].
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// Minutes that the old tasks stay after all traffic has moved.
    pub bake_minutes: u32,
    /// Percent of the traffic that a canary gets, or that each linear step moves.
    pub step_percent: u32,
    /// Minutes between those steps.
    pub step_minutes: u32,
}

/// How traffic moves from the old tasks to the new ones.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// Task by task.
    Rolling,
    /// All at once, beside the old ones.
    BlueGreen,
    /// A little first, then the rest.
    Canary,
    /// In equal steps.
    Linear,
}

/// A service as it is in an environment.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Deployed {
    /// The Cargo package, and its binary, that the image holds, if it is made of one.
    pub package: String,
    /// The program of that package; that of the package's name if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary: Option<String>,
    /// Arguments of the program.
    pub command: Vec<String>,
    /// The port that the container listens on; passed to it as `PORT`.
    pub port: u16,
    /// The load balancer's rules that forward to this service.
    pub rules: Vec<Rule>,
    /// The target group's health check.
    pub health: Health,
    /// Environment variables. `service:NAME` becomes the address of that service (`http://host:port`).
    pub environment: BTreeMap<String, String>,
    /// Environment variables whose values are secrets, and the name of each in Secrets Manager.
    pub secrets: BTreeMap<String, String>,
    /// Fargate CPU units; 1024 are one virtual CPU.
    pub cpu: u32,
    /// Memory in MiB.
    pub memory: u32,
    /// Tasks that run at once, or the fewest where their number follows the load.
    pub tasks: u32,
    /// Between which numbers of tasks it is scaled from certain times on, by names of those.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub schedule: BTreeMap<String, Range>,
    /// Directory in the container that outlives its tasks, or none.
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
    /// Name of the ECS service.
    pub service_name: String,
    /// Family of its task definitions.
    pub family: String,
    /// Where its tasks' logs go.
    pub log_group: String,
    /// Its image repository, in the foundation's region.
    pub repository: String,
    /// The processor that its tasks run on.
    pub architecture: Architecture,
}

/// The fewest and the most tasks.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The fewest.
    pub min: u32,
    /// The most.
    pub max: u32,
}

/// A processor, as `infra.nix` writes it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Architecture {
    /// 64-bit Intel and AMD.
    X86_64,
    /// 64-bit ARM.
    Arm64,
}

impl Architecture {
    /// The platform of an image for it.
    pub fn platform(self) -> oci::Platform {
        let architecture = match self {
            Self::X86_64 => oci::Architecture::Amd64,
            Self::Arm64 => oci::Architecture::Arm64,
        };
        oci::Platform { architecture, os: oci::Os::Linux }
    }
}

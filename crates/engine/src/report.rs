//! The JSON documents that the engine answers commands with.

use std::net::SocketAddr;

use jiff::Timestamp;
use oci::Digest;
use serde::{Deserialize, Serialize};

use super::{
    router::TargetState,
    slot::{Failure, SlotState},
};

/// The only version of [`Status`] and [`Outcome`].
pub const SCHEMA: u32 = 1;

/// What runs, and how it is.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Status {
    /// Version of this document: [`SCHEMA`].
    pub schema: u32,
    /// Name of the project; none before the first release.
    pub project: Option<String>,
    /// True if every service has all of its tasks, and all of them are healthy.
    pub healthy: bool,
    /// Where the stack answers.
    pub url: String,
    /// How tasks are set apart from the rest of the machine.
    pub isolation: String,
    /// The engine.
    pub engine: EngineStatus,
    /// The services, by name.
    pub services: Vec<ServiceStatus>,
}

/// The engine.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct EngineStatus {
    /// Process id.
    pub pid: u32,
    /// Version of `driftless`.
    pub version: String,
    /// The port of the stack.
    pub port: u16,
    /// When it started, UTC.
    pub started: Timestamp,
}

/// A service.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ServiceStatus {
    /// Its name.
    pub name: String,
    /// Tasks that it should have.
    pub desired: u32,
    /// Where other services reach it, on this machine.
    pub internal_url: Option<String>,
    /// The tasks that it has, those that are on their way out included.
    pub tasks: Vec<TaskStatus>,
}

/// A task.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct TaskStatus {
    /// Its id.
    pub id: String,
    /// Digest of its image.
    pub digest: Digest,
    /// What it is at.
    pub state: SlotState,
    /// What the router's health checks say; none if they do not check it.
    pub health: Option<Health>,
    /// Why it is not healthy.
    pub health_detail: Option<String>,
    /// Where it listens.
    pub address: Option<SocketAddr>,
    /// When it was started, UTC.
    pub started: Option<Timestamp>,
    /// Times that it was replaced since its slot was made.
    pub restarts: u32,
    /// Why it was replaced last.
    pub last_failure: Option<Failure>,
}

/// What the router's health checks say, in the words of a load balancer.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// No verdict yet.
    Initial,
    /// Passes.
    Healthy,
    /// Fails.
    Unhealthy,
    /// Finishes what it has.
    Draining,
}

impl From<TargetState> for Health {
    fn from(state: TargetState) -> Self {
        match state {
            TargetState::Initial => Self::Initial,
            TargetState::Healthy => Self::Healthy,
            TargetState::Unhealthy => Self::Unhealthy,
            TargetState::Draining => Self::Draining,
        }
    }
}

/// What a release changed.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Version of this document: [`SCHEMA`].
    pub schema: u32,
    /// Where the stack answers.
    pub url: String,
    /// How tasks are set apart from the rest of the machine.
    pub isolation: String,
    /// The services, by name.
    pub services: Vec<Changed>,
}

/// What a release changed for one service.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Its name.
    pub name: String,
    /// Digest of its image.
    pub digest: Digest,
    /// What happened.
    pub change: Change,
}

/// What a release did to a service.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is new.
    Started,
    /// All of its tasks were replaced.
    Rolled,
    /// It has more or fewer tasks than before.
    Scaled,
    /// Nothing.
    Unchanged,
    /// The release does not have it any more.
    Removed,
}

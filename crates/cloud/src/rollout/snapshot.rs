//! What was seen of a service at one moment.

use jiff::Timestamp;
use oci::Digest;

use super::decide::missing;

/// An attempt to look at a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// It was seen.
    Seen(Box<Snapshot>),
    /// AWS did not answer, or not now.
    Silence {
        /// When.
        at: Timestamp,
        /// Why, in a sentence.
        reason: String,
    },
}

/// A service at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// When.
    pub at: Timestamp,
    /// Tasks wanted.
    pub desired: u32,
    /// Our deployment, if ECS has begun it.
    pub attempt: Option<Attempt>,
    /// A deployment after ours that is of something else.
    pub superseded_by: Option<String>,
    /// What the service runs at present according to its newest deployment.
    pub serving: Serving,
    /// The image of a newer deployment that was rolled back to ours.
    pub rolled_back: Option<Digest>,
    /// Its tasks that have not stopped.
    pub tasks: Vec<Task>,
    /// Its tasks that have, as long as ECS remembers them.
    pub stopped: Vec<Stopped>,
    /// What its load balancer thinks of its targets; none without a load balancer.
    pub targets: Option<Vec<Target>>,
    /// Whether requests from outside get an answer.
    pub answering: Answering,
    /// Sentences of ECS that tell of trouble.
    pub complaints: Vec<String>,
}

impl Snapshot {
    /// The first thing that it lacks to be live, in a few words.
    pub fn lacks(&self) -> Option<String> {
        missing::from(self)
    }
}

/// What a service runs, by its newest deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serving {
    /// The image that was released.
    Ours,
    /// Another one.
    Other(Option<Digest>),
}

/// Our deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// ECS's name for it: the ARN where ECS has service deployments, else the deployment's id.
    pub id: String,
    /// Where it is.
    pub phase: Phase,
    /// Why, in ECS's words.
    pub reason: Option<String>,
    /// Whether there is nothing that it could go back to.
    pub first: bool,
    /// Whether ECS's circuit breaker ends it when tasks fail.
    pub breaks: bool,
    /// Whether it can be stopped.
    pub stoppable: bool,
    /// Alarms that went off.
    pub alarms: Vec<String>,
    /// The image that it replaces.
    pub from: Option<Digest>,
}

/// Where a deployment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Under way.
    Moving,
    /// Done.
    Successful,
    /// Being stopped.
    Stopping,
    /// Ended before it was done.
    Stopped,
    /// On the way back.
    RollingBack,
    /// Back.
    RolledBack,
    /// Could not go back.
    RollbackFailed,
}

impl Phase {
    /// In a word or two.
    pub fn words(self) -> &'static str {
        match self {
            Self::Moving => "in progress",
            Self::Successful => "successful",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::RollingBack => "rolling back",
            Self::RolledBack => "rolled back",
            Self::RollbackFailed => "rollback failed",
        }
    }

    /// Whether it stays so.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Successful | Self::Stopped | Self::RolledBack | Self::RollbackFailed)
    }
}

/// A task that has not stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: String,
    /// Whether it is of our release.
    pub ours: bool,
    /// How far it is.
    pub stage: Stage,
    /// Whether its own health check, if it has one, is content.
    pub healthy: bool,
    /// Its address.
    pub address: Option<String>,
}

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Not up yet.
    Starting,
    /// Up.
    Running,
    /// Asked to stop.
    Ending,
}

/// A task that has stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stopped {
    /// Its id.
    pub id: String,
    /// Whether it was of our release, and of this deployment.
    pub ours: bool,
    /// Code of ECS for what stopped it.
    pub code: String,
    /// The same in a sentence.
    pub reason: String,
    /// Its containers.
    pub containers: Vec<StoppedContainer>,
    /// Why the load balancer did not like it, if that was so.
    pub target: Option<String>,
    /// The last lines that it wrote.
    pub log: Vec<String>,
}

/// A container of a task that has stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoppedContainer {
    /// Its name.
    pub name: String,
    /// Its exit code, if it ran.
    pub exit: Option<i32>,
    /// Why, in a sentence.
    pub reason: Option<String>,
}

/// A target of the load balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Address.
    pub address: String,
    /// `initial`, `healthy`, `unhealthy`, `unused`, `draining`, `unavailable`.
    pub state: String,
    /// Why, in a sentence, or nothing.
    pub reason: String,
}

/// Whether requests from outside get an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answering {
    /// Nobody can ask: the service is not open to the outside, or it is too early.
    NotAsked,
    /// They do.
    Yes,
    /// They do not; why, in a few words.
    No(String),
}

//! Rollouts on ECS: what becomes of a release, told as it happens, and judged so that the judgement can be trusted.
//!
//! [`Rollout`] decides: from what was seen, what is said of it, and whether to wait, to stop the deployment, or to end
//! with a [`Verdict`]. It asks nobody and has no clock of its own. [`watch()`] looks, asks it, and acts.

mod cause;
mod clock;
mod decide;
mod event;
mod expected;
mod observe;
mod report;
mod snapshot;
mod verdict;
pub mod watch;

pub use self::{
    cause::Cause,
    clock::{Clock, System},
    decide::{Next, Rollout},
    event::Event,
    expected::{Expected, Limits, asked_where_possible},
    report::{Report, ServiceVerdict},
    snapshot::{
        Answering, Attempt, Observation, Phase, Serving, Snapshot, Stage, Stopped, StoppedContainer, Target, Task,
    },
    verdict::Verdict,
    watch::{InProgress, Lines, Show, Watch, WatchEnd, watch},
};

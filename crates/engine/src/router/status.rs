//! What the router says about its targets.

use std::{fmt, net::SocketAddr, time::Duration};

use serde::Serialize;

/// A target's state, in AWS's words ("Health checks for Application Load Balancer target groups").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetState {
    /// Registered; no verdict yet.
    Initial,
    /// Passes its checks.
    Healthy,
    /// Fails its checks.
    Unhealthy,
    /// Being deregistered: finishes what it has, gets nothing new.
    Draining,
}

/// Why a target is not healthy, in AWS's reason codes (`TargetHealth` in the API reference).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Reason {
    /// Registered a moment ago.
    #[serde(rename = "Elb.RegistrationInProgress")]
    RegistrationInProgress,
    /// The first checks have not succeeded yet.
    #[serde(rename = "Elb.InitialHealthChecking")]
    InitialHealthChecking,
    /// A check was answered with another code than 200.
    #[serde(rename = "Target.ResponseCodeMismatch")]
    ResponseCodeMismatch,
    /// A check was not answered in time.
    #[serde(rename = "Target.Timeout")]
    Timeout,
    /// A check found no connection or no HTTP.
    #[serde(rename = "Target.FailedHealthChecks")]
    FailedHealthChecks,
    /// Draining.
    #[serde(rename = "Target.DeregistrationInProgress")]
    DeregistrationInProgress,
}

/// A target as [`super::Router::targets`] lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TargetStatus {
    /// Its target group.
    pub group: String,
    /// Its name: the task's id.
    pub target: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// Its state.
    pub state: TargetState,
    /// Why it is not healthy.
    pub reason: Option<Reason>,
    /// More on the reason, in words.
    pub detail: Option<String>,
    /// Requests whose response has not ended yet, tunnels included.
    pub in_flight: usize,
}

/// How a deregistration ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Drained {
    /// Requests and tunnels that were still in flight and were cut.
    pub cut: usize,
    /// How long it took.
    pub waited: Duration,
}

/// A target did not become healthy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotHealthy {
    /// Its target group.
    pub group: String,
    /// Its name.
    pub target: String,
    /// How long it was waited for.
    pub waited: Duration,
    /// Its last state, or `None` when it was not registered, or no longer.
    pub state: Option<TargetState>,
    /// The last reason.
    pub reason: Option<Reason>,
    /// More on the reason, in words.
    pub detail: Option<String>,
}

impl fmt::Display for TargetState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

impl fmt::Display for NotHealthy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { group, target, waited, .. } = self;
        let Some(state) = self.state else {
            return write!(f, "target `{target}` is not registered in the target group `{group}`");
        };
        write!(f, "target `{target}` of the target group `{group}` is {state} after {:.1} s", waited.as_secs_f64())?;
        if let Some(reason) = self.reason {
            write!(f, ": {reason}")?;
        }
        self.detail.iter().try_for_each(|detail| write!(f, " ({detail})"))
    }
}

impl std::error::Error for NotHealthy {}

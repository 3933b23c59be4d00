//! Health checks: when a target is healthy, and what is wrong when it is not.

use std::{
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{
    probe::{self, Failed},
    status::{Reason, TargetState},
    target::{Condition, Target},
};

/// How a target is checked. AWS: "Health checks for Application Load Balancer target groups".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// Path, with a query if need be, that is asked with GET; 200 is healthy.
    pub path: String,
    /// Time between the end of one check and the next.
    pub interval: Duration,
    /// Time for a whole check.
    pub timeout: Duration,
    /// Consecutive successes that make an unhealthy target healthy.
    pub healthy_threshold: u32,
    /// Consecutive failures that make a target unhealthy.
    pub unhealthy_threshold: u32,
    /// Time between checks until the first verdict. AWS has no such setting: it is what makes a start here quick.
    pub initial_interval: Duration,
    /// Time that a new target has for its first success before failures can make it unhealthy, so that quick
    /// initial checks are not also impatient ones.
    pub initial_period: Duration,
}

/// AWS's defaults, and initial checks every 100 ms for the time that two checks on AWS would take.
impl Default for HealthCheck {
    fn default() -> Self {
        Self {
            path: "/".to_owned(),
            interval: Duration::from_secs(30),
            timeout: Duration::from_secs(5),
            healthy_threshold: 5,
            unhealthy_threshold: 2,
            initial_interval: Duration::from_millis(100),
            initial_period: Duration::from_mins(1),
        }
    }
}

/// Longest time between health checks on a machine of one's own. A load balancer's usual 30 s would make it feel slow.
const LONGEST_INTERVAL: Duration = Duration::from_secs(2);

impl HealthCheck {
    /// The same, at least every two seconds.
    #[must_use]
    pub fn often(self) -> Self {
        Self { interval: self.interval.min(LONGEST_INTERVAL), ..self }
    }
}

/// Checks `target` from now on, for as long as it exists.
pub(super) fn start(target: &Arc<Target>, check: HealthCheck) {
    let task = tokio::spawn(keep_checking(Arc::downgrade(target), check));
    target.checked_by(task.abort_handle());
}

async fn keep_checking(target: Weak<Target>, check: HealthCheck) {
    let began = Instant::now();
    let mut tally = Tally::default();
    while let Some(address) = target.upgrade().map(|target| target.address()) {
        let outcome = probe::probe(address, &check.path, check.timeout).await;
        let found = tally.count(outcome, began.elapsed(), &check);
        let pause = if found.state == TargetState::Initial { check.initial_interval } else { check.interval };
        if let Some(target) = target.upgrade() {
            target.observe(found);
            target.pool.forget_old();
        }
        sleep(pause).await;
    }
}

/// Counts outcomes into verdicts.
#[derive(Default)]
struct Tally {
    verdict: Option<Verdict>,
    successes: u32,
    failures: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Healthy,
    Unhealthy,
}

impl Tally {
    /// The condition after one more check, `elapsed` after registration.
    fn count(&mut self, outcome: Result<(), Failed>, elapsed: Duration, check: &HealthCheck) -> Condition {
        if outcome.is_ok() {
            (self.successes, self.failures) = (self.successes.saturating_add(1), 0);
        } else {
            (self.successes, self.failures) = (0, self.failures.saturating_add(1));
        }
        // "After the target is registered, it must pass one health check to be considered healthy."
        let passed = self.verdict.is_none() || self.successes >= check.healthy_threshold;
        let patient = self.verdict.is_none() && elapsed < check.initial_period;
        if self.successes > 0 && passed {
            self.verdict = Some(Verdict::Healthy);
        } else if self.failures >= check.unhealthy_threshold.max(1) && !patient {
            self.verdict = Some(Verdict::Unhealthy);
        }
        self.condition(outcome.err(), check)
    }

    fn condition(&self, failed: Option<Failed>, check: &HealthCheck) -> Condition {
        let (state, reason) = match self.verdict {
            Some(Verdict::Healthy) => return Condition::HEALTHY,
            Some(Verdict::Unhealthy) => (TargetState::Unhealthy, None),
            None => (TargetState::Initial, Some(Reason::InitialHealthChecking)),
        };
        let Some(failed) = failed else {
            let detail = format!("{} of {} checks passed", self.successes, check.healthy_threshold);
            return Condition { state, reason: Some(Reason::FailedHealthChecks), detail: Some(detail) };
        };
        Condition { state, reason: reason.or(Some(failed.reason)), detail: Some(failed.detail) }
    }
}

#[cfg(test)]
mod tests;

use super::*;

const LONG: Duration = Duration::from_hours(1);

fn check() -> HealthCheck {
    HealthCheck { healthy_threshold: 3, unhealthy_threshold: 2, ..HealthCheck::default() }
}

fn failed() -> Result<(), Failed> {
    Err(Failed { reason: Reason::Timeout, detail: "no answer within 5 s".to_owned() })
}

fn states(outcomes: &str, elapsed: Duration) -> Vec<TargetState> {
    let mut tally = Tally::default();
    let outcome = |c| if c == '+' { Ok(()) } else { failed() };
    outcomes.chars().map(|c| tally.count(outcome(c), elapsed, &check()).state).collect()
}

#[test]
fn a_new_target_is_healthy_after_one_success() {
    assert_eq!(states("+", LONG), [TargetState::Healthy]);
    assert_eq!(states("--+", Duration::ZERO)[2], TargetState::Healthy);
}

#[test]
fn a_new_target_stays_initial_while_it_fails_within_its_period() {
    assert_eq!(states("-----", Duration::ZERO), [TargetState::Initial; 5]);
}

#[test]
fn a_new_target_that_still_fails_after_its_period_is_unhealthy() {
    assert_eq!(states("--", LONG), [TargetState::Initial, TargetState::Unhealthy]);
}

#[test]
fn thresholds_count_consecutive_outcomes() {
    use TargetState::{Healthy, Unhealthy};
    let expected =
        [Healthy, Healthy, Healthy, Healthy, Unhealthy, Unhealthy, Unhealthy, Unhealthy, Unhealthy, Unhealthy, Healthy];
    assert_eq!(states("+-+--++-+++", LONG), expected);
}

#[test]
fn the_reason_is_that_of_the_last_check() {
    let mut tally = Tally::default();
    let initial = tally.count(failed(), LONG, &check());
    assert_eq!(initial.reason, Some(Reason::InitialHealthChecking));
    assert_eq!(initial.detail.as_deref(), Some("no answer within 5 s"));
    let unhealthy = tally.count(failed(), LONG, &check());
    assert_eq!(unhealthy.reason, Some(Reason::Timeout));
    let recovering = tally.count(Ok(()), LONG, &check());
    assert_eq!(recovering.detail.as_deref(), Some("1 of 3 checks passed"));
}

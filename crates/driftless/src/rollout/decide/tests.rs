//! Examples, and what holds of every rollout whatever ECS may come up with.

mod chance;
mod properties;

use oci::Digest;

use super::*;
use crate::rollout::{Stopped, StoppedContainer, Target, Task};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

fn expected() -> Expected {
    Expected {
        service: "backend".into(),
        service_name: "backend".into(),
        digest: Digest::of(b"new"),
        task_definition: None,
        paused: false,
        path: Some("/".into()),
    }
}

fn rollout() -> Rollout {
    Rollout::new(expected(), Limits::default(), at(0))
}

fn attempt(phase: Phase) -> Attempt {
    Attempt {
        id: "arn:d/1".into(),
        phase,
        reason: None,
        first: false,
        stoppable: true,
        alarms: Vec::new(),
        from: Some(Digest::of(b"old")),
    }
}

fn task(id: &str, ours: bool) -> Task {
    Task { id: id.into(), ours, stage: Stage::Running, healthy: true, address: Some(format!("10.0.0.{id}")) }
}

fn target(id: &str, state: &str) -> Target {
    Target { address: format!("10.0.0.{id}"), state: state.into(), reason: String::new() }
}

/// One task of ours that serves, at `seconds`.
fn live(seconds: i64) -> Snapshot {
    Snapshot {
        at: at(seconds),
        desired: 1,
        attempt: Some(attempt(Phase::Successful)),
        superseded_by: None,
        serving: Serving::Ours,
        tasks: vec![task("1", true)],
        stopped: Vec::new(),
        targets: Some(vec![target("1", "healthy")]),
        answering: Answering::Yes,
        complaints: Vec::new(),
    }
}

fn moving(seconds: i64) -> Snapshot {
    let attempt = Some(attempt(Phase::Moving));
    Snapshot { attempt, tasks: vec![task("9", false)], targets: Some(Vec::new()), ..live(seconds) }
}

fn crashed(id: &str) -> Stopped {
    Stopped {
        id: id.into(),
        ours: true,
        code: "EssentialContainerExited".into(),
        reason: "Essential container in task exited".into(),
        containers: vec![StoppedContainer { name: "app".into(), exit: Some(1), reason: None }],
        ..Stopped::default()
    }
}

fn look(rollout: &mut Rollout, snapshot: Snapshot) -> (Vec<Event>, Next) {
    rollout.look(&Observation::Seen(Box::new(snapshot)))
}

#[test]
fn is_live_when_all_is_as_it_should_be() {
    assert_eq!(look(&mut rollout(), live(0)), (vec![Event::AlreadyDone], Next::End(Verdict::Live)));
}

#[test]
fn is_not_live_while_anything_is_missing() {
    let mut cases = vec![live(0); 8];
    cases[0].tasks.push(task("9", false));
    cases[1].tasks[0].stage = Stage::Starting;
    cases[2].targets = Some(vec![target("1", "initial")]);
    cases[3].answering = Answering::No("refused".into());
    cases[4].desired = 2;
    cases[5].attempt = Some(attempt(Phase::Moving));
    cases[6].serving = Serving::Other(Some(Digest::of(b"old")));
    cases[7].tasks[0].healthy = false;
    for case in cases {
        let (_, next) = look(&mut rollout(), case.clone());
        assert_eq!(next, Next::Wait, "{case:?}");
    }
}

#[test]
fn a_rollback_by_ecs_is_never_a_success() {
    let mut rollout = rollout();
    look(&mut rollout, moving(0));
    let mut seen = live(60);
    seen.attempt = Some(Attempt { reason: Some("tasks failed to start.".into()), ..attempt(Phase::RolledBack) });
    let (_, next) = look(&mut rollout, seen);
    assert_eq!(next, Next::End(Verdict::RolledBack(Cause::Other("tasks failed to start.".into()))));
}

#[test]
fn repeated_crashes_stop_the_deployment_and_certain_ones_sooner() {
    let mut rollout = rollout();
    let mut seen = moving(10);
    seen.stopped = vec![crashed("a"), crashed("b")];
    assert_eq!(look(&mut rollout, seen.clone()).1, Next::Wait);
    seen.stopped.push(crashed("c"));
    let (events, next) = look(&mut rollout, seen);
    assert_eq!(next, Next::Stop { id: "arn:d/1".into(), rollback: true });
    assert_eq!(events.last(), Some(&Event::Stopping(Cause::Crashed(1))));

    let missing = |id: &str| Stopped {
        code: "TaskFailedToStart".into(),
        reason: "CannotPullContainerError: x: not found".into(),
        containers: Vec::new(),
        ..crashed(id)
    };
    let mut rollout = self::rollout();
    let stopped = vec![missing("a"), missing("b")];
    let (_, next) = look(&mut rollout, Snapshot { stopped, ..moving(10) });
    assert!(matches!(next, Next::Stop { .. }), "{next:?}");
    let seen = Snapshot { attempt: Some(attempt(Phase::RolledBack)), ..moving(20) };
    assert_eq!(look(&mut rollout, seen).1, Next::End(Verdict::RolledBack(Cause::ImageMissing)));
}

#[test]
fn the_first_deployment_has_nothing_to_go_back_to() {
    let first = |phase| Some(Attempt { first: true, from: None, ..attempt(phase) });
    let mut rollout = rollout();
    let stopped = vec![crashed("a"), crashed("b"), crashed("c")];
    let seen = Snapshot { attempt: first(Phase::Moving), stopped, tasks: Vec::new(), ..moving(10) };
    assert_eq!(look(&mut rollout, seen).1, Next::Stop { id: "arn:d/1".into(), rollback: false });
    let seen = Snapshot { attempt: first(Phase::Stopped), tasks: Vec::new(), ..moving(20) };
    assert_eq!(look(&mut rollout, seen).1, Next::End(Verdict::FirstFailed(Cause::Crashed(1))));
}

#[test]
fn a_slow_deployment_is_stopped_at_its_limit_with_what_it_waited_for() {
    let mut rollout = rollout();
    assert_eq!(look(&mut rollout, moving(899)).1, Next::Wait);
    let (events, next) = look(&mut rollout, moving(900));
    assert!(matches!(next, Next::Stop { .. }));
    assert_eq!(events, [Event::Stopping(Cause::Time("tasks: 0 of 1 run".into()))]);
    assert_eq!(look(&mut rollout, moving(1799)).1, Next::Wait);
    assert!(matches!(look(&mut rollout, moving(1800)).1, Next::End(Verdict::Unknown { .. })));
}

#[test]
fn a_refused_stop_is_for_a_person_unless_it_ended_by_itself() {
    let mut rollout = rollout();
    look(&mut rollout, moving(900));
    rollout.not_stopped("no");
    assert_eq!(look(&mut rollout, moving(950)).1, Next::Wait);
    assert!(matches!(look(&mut rollout.clone(), moving(960)).1, Next::End(Verdict::Failed(Cause::Time(_)))));
    let seen = Snapshot { attempt: Some(attempt(Phase::RolledBack)), ..moving(955) };
    assert!(matches!(look(&mut rollout, seen).1, Next::End(Verdict::RolledBack(_))));
}

#[test]
fn another_deployment_after_ours_is_told_from_failure() {
    let seen = Snapshot { superseded_by: Some("2".into()), ..moving(10) };
    assert_eq!(look(&mut rollout(), seen).1, Next::End(Verdict::Superseded { by: "2".into() }));
}

#[test]
fn no_tasks_are_wanted_or_not() {
    let zero = |phase| Snapshot { desired: 0, attempt: Some(attempt(phase)), tasks: Vec::new(), ..live(0) };
    assert_eq!(look(&mut rollout(), zero(Phase::Successful)).1, Next::End(Verdict::AtZero));
    let mut paused = Rollout::new(Expected { paused: true, ..expected() }, Limits::default(), at(0));
    assert_eq!(look(&mut paused, zero(Phase::Successful)).1, Next::End(Verdict::Paused));
}

#[test]
fn a_deployment_that_is_never_begun_is_waited_for_a_minute() {
    let none = |seconds| Snapshot { attempt: None, serving: Serving::Other(None), ..live(seconds) };
    let mut rollout = rollout();
    assert_eq!(look(&mut rollout, none(59)).1, Next::Wait);
    assert_eq!(look(&mut rollout, none(60)).1, Next::End(Verdict::NotBegun));
}

#[test]
fn an_outage_is_told_once_and_outlived() {
    let mut rollout = rollout();
    let silence = |seconds| Observation::Silence { at: at(seconds), reason: "no route".into() };
    assert_eq!(rollout.look(&silence(1)), (vec![Event::Silent("no route".into())], Next::Wait));
    assert_eq!(rollout.look(&silence(5)), (Vec::new(), Next::Wait));
    let (events, next) = look(&mut rollout, live(60));
    assert_eq!(events[0], Event::BackAgain);
    assert_eq!(next, Next::End(Verdict::Live));
}

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
        tasks: None,
        asleep: false,
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
        breaks: true,
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
        rolled_back: None,
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
    assert_eq!(next, Next::Stop("arn:d/1".into()));
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
    assert!(matches!(next, Next::Stop(_)), "{next:?}");
    let seen = Snapshot { attempt: Some(attempt(Phase::RolledBack)), ..moving(20) };
    assert_eq!(look(&mut rollout, seen).1, Next::End(Verdict::RolledBack(Cause::ImageMissing)));
}

#[test]
fn tasks_that_aws_or_a_hand_took_are_no_failures_of_the_release() {
    for code in ["SpotInterruption", "UserInitiated"] {
        let taken = |id: &str| Stopped { code: code.into(), reason: "taken".into(), ..crashed(id) };
        let mut rollout = rollout();
        let stopped: Vec<_> = ["a", "b", "c", "d"].map(taken).into();
        let (events, next) = look(&mut rollout, Snapshot { stopped: stopped.clone(), ..moving(10) });
        assert_eq!(next, Next::Wait, "{code}");
        assert_eq!(events.iter().filter(|event| matches!(event, Event::Failed { .. })).count(), 4, "they are told");
        let crashes = ["e", "f", "g"].map(crashed);
        let seen = Snapshot { stopped: [stopped, crashes.into()].concat(), ..moving(20) };
        assert_eq!(look(&mut rollout, seen).0.last(), Some(&Event::Stopping(Cause::Crashed(1))), "{code}");
    }
}

#[test]
fn the_first_deployment_has_nothing_to_go_back_to() {
    let first = |phase| Some(Attempt { first: true, from: None, ..attempt(phase) });
    let mut rollout = rollout();
    let stopped = vec![crashed("a"), crashed("b"), crashed("c")];
    let seen = Snapshot { attempt: first(Phase::Moving), stopped, tasks: Vec::new(), ..moving(10) };
    assert_eq!(
        look(&mut rollout, seen.clone()).1,
        Next::Wait,
        "ECS stops no deployment that has nothing to go back to"
    );
    let seen = Snapshot { attempt: first(Phase::Stopped), tasks: Vec::new(), ..moving(20) };
    let mut patient = rollout.clone();
    assert_eq!(look(&mut rollout, seen).1, Next::End(Verdict::FirstFailed(Cause::Crashed(1))));
    // Without a circuit breaker it would never end.
    let seen = Snapshot { attempt: first(Phase::Moving), tasks: Vec::new(), ..moving(10 + 900) };
    assert_eq!(look(&mut patient, seen).1, Next::End(Verdict::Failed(Cause::Crashed(1))));
}

#[test]
fn a_first_deployment_that_nothing_will_end_is_given_up_when_it_is_hopeless() {
    let first = Some(Attempt { first: true, from: None, breaks: false, ..attempt(Phase::Moving) });
    let stopped = vec![crashed("a"), crashed("b"), crashed("c")];
    let seen = Snapshot { attempt: first, stopped, tasks: Vec::new(), ..moving(10) };
    assert_eq!(look(&mut rollout(), seen).1, Next::End(Verdict::Failed(Cause::Crashed(1))));
}

#[test]
fn a_slow_deployment_is_stopped_at_its_limit_with_what_it_waited_for() {
    let mut rollout = rollout();
    assert_eq!(look(&mut rollout, moving(899)).1, Next::Wait);
    let (events, next) = look(&mut rollout, moving(900));
    assert!(matches!(next, Next::Stop(_)));
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
fn what_was_told_of_a_task_is_not_told_again_in_the_words_of_ecs() {
    let reason = "ResourceInitializationError: unable to pull secrets";
    let failed = Stopped { code: "TaskFailedToStart".into(), reason: reason.into(), ..crashed("8") };
    let complaints = vec![format!("has stopped 1 running tasks: (task 8). Reason: {reason}"), "unable to place".into()];
    let seen = Snapshot { stopped: vec![failed], complaints, ..moving(10) };
    let (events, _) = look(&mut rollout(), seen);
    let told: Vec<_> = events.iter().filter(|event| matches!(event, Event::Complaint(_))).collect();
    assert_eq!(told, [&Event::Complaint("unable to place".into())]);
}

#[test]
fn another_deployment_after_ours_is_told_from_failure() {
    for (image, same_image) in [("new", true), ("newer", false)] {
        let serving = Serving::Other(Some(Digest::of(image.as_bytes())));
        let seen = Snapshot { superseded_by: Some("2".into()), serving, ..moving(10) };
        assert_eq!(look(&mut rollout(), seen).1, Next::End(Verdict::Superseded { by: "2".into(), same_image }));
    }
}

#[test]
fn no_tasks_are_wanted_or_not() {
    let zero = |phase| Snapshot { desired: 0, attempt: Some(attempt(phase)), tasks: Vec::new(), ..live(0) };
    assert_eq!(look(&mut rollout(), zero(Phase::Successful)).1, Next::End(Verdict::AtZero));
    let mut paused = Rollout::new(Expected { tasks: Some(0), ..expected() }, Limits::default(), at(0));
    assert_eq!(look(&mut paused, zero(Phase::Successful)).1, Next::End(Verdict::Paused));
    let mut asleep = Rollout::new(Expected { asleep: true, ..expected() }, Limits::default(), at(0));
    assert_eq!(look(&mut asleep, zero(Phase::Successful)).1, Next::End(Verdict::Asleep));
    let none = Snapshot { attempt: None, ..zero(Phase::Successful) };
    assert_eq!(look(&mut asleep, none).1, Next::End(Verdict::Asleep));
}

#[test]
fn a_number_of_tasks_that_the_release_fixes_is_waited_for() {
    let with = |tasks| Rollout::new(Expected { tasks: Some(tasks), ..expected() }, Limits::default(), at(0));
    let two = |seconds| Snapshot { desired: 2, tasks: vec![task("1", true), task("2", true)], ..live(seconds) };
    for tasks in [0, 1] {
        let mut rollout = with(tasks);
        assert_eq!(look(&mut rollout, two(0)).1, Next::Wait, "{tasks}");
        assert_eq!(rollout.waiting_for(), format!("the desired count to be {tasks}, it is 2"));
    }
    let mut paused = with(0);
    let last = Snapshot { desired: 0, tasks: vec![Task { stage: Stage::Ending, ..task("1", true) }], ..live(4) };
    assert_eq!(look(&mut paused, last).1, Next::Wait);
    assert_eq!(paused.waiting_for(), "the last task to end");
    let none = Snapshot { desired: 0, tasks: Vec::new(), ..live(8) };
    assert_eq!(look(&mut paused, none).1, Next::End(Verdict::Paused));
    assert_eq!(look(&mut with(1), live(8)).1, Next::End(Verdict::Live));
}

#[test]
fn a_deployment_that_is_never_begun_is_waited_for_a_minute() {
    let none = |seconds| Snapshot { attempt: None, serving: Serving::Other(None), ..live(seconds) };
    let mut rollout = rollout();
    assert_eq!(look(&mut rollout, none(59)).1, Next::Wait);
    assert_eq!(look(&mut rollout, none(60)).1, Next::End(Verdict::NotBegun { same_image: false }));
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

//! Moving a running stack to another release.

use std::thread;

use super::{
    probe::Probe,
    stack::{Stack, get, until},
};

fn digests(stack: &Stack) -> Vec<String> {
    let status = stack.status();
    let services = status["services"].as_array().unwrap().iter();
    services
        .flat_map(|service| service["tasks"].as_array().unwrap().clone())
        .map(|task| task["digest"].to_string())
        .collect()
}

#[test]
fn what_changed_rolls_and_what_did_not_is_left_alone() {
    let stack = Stack::new();
    let web = Probe::new("web", "1").with("OTHER", "service:api");
    stack.up(&[web.clone(), Probe::new("api", "1")]);
    let before = stack.status();
    let said = stack.up(&[web.clone(), Probe::new("api", "2")]);
    assert!(said.contains("`api` rolled to sha256:") && said.contains("`web` is unchanged at sha256:"), "{said}");
    assert_eq!(stack.get("/api/version").1, "2");
    assert_eq!(stack.get("/web/ask").1, "2", "the address of a service stays when its tasks change");
    let after = stack.status();
    let task = |status: &serde_json::Value, service: usize| status["services"][service]["tasks"][0]["id"].clone();
    assert_eq!(task(&before, 1), task(&after, 1));
    assert_ne!(task(&before, 0), task(&after, 0));

    // A changed definition rolls, too.
    let said = stack.up(&[web.with("GREETING", "hello"), Probe::new("api", "2")]);
    assert!(said.contains("`web` rolled to") && said.contains("`api` is unchanged"), "{said}");
    assert!(stack.get("/web/env").1.contains("GREETING=hello"));

    // Old images are not kept.
    assert_eq!(std::fs::read_dir(stack.data().join("roots")).unwrap().count(), 2);
}

#[test]
fn services_come_and_go_and_have_more_or_fewer_tasks() {
    let stack = Stack::new();
    stack.up(&[Probe::new("web", "1")]);
    let mut three = Probe::new("web", "1");
    three.tasks = 3;
    let said = stack.up(&[three, Probe::new("api", "1")]);
    assert!(said.contains("`web` has another number of tasks") && said.contains("`api` started"), "{said}");
    assert_eq!(digests(&stack).len(), 4);
    let said = stack.up(&[Probe::new("web", "1")]);
    assert!(said.contains("`api` removed"), "{said}");
    assert_eq!(digests(&stack).len(), 1);
    assert_eq!(stack.get("/api/version").0, 404);
}

#[test]
fn a_release_that_does_not_start_leaves_everything_as_it_was() {
    let stack = Stack::new();
    stack.up(&[Probe::new("web", "1"), Probe::new("api", "1")]);
    let before = digests(&stack);
    let output = stack.try_up(&[Probe::new("web", "2"), Probe::new("api", "crash")]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(output.stdout.is_empty(), "no URL: a failure must not look like success");
    assert!(said.contains("error: the new release does not run; the one before still does: task `api-"), "{said}");
    assert!(said.contains("exited with code 3\nits last lines:") && said.contains("  cannot go on"), "{said}");
    assert_eq!(digests(&stack), before);
    assert_eq!(stack.get("/web/version").1, "1");
    assert_eq!(stack.get("/api/version").1, "1");
    assert_eq!(stack.run(&["status"]).status.code(), Some(0));
}

#[test]
fn a_slow_request_is_finished_by_the_task_that_began_it() {
    let stack = Stack::new();
    stack.up(&[Probe::new("web", "1")]);
    let address = stack.address();
    let slow = thread::spawn(move || get(&address, "/web/slow?3000"));
    // It is in flight once the router says so; a request of another connection follows it.
    until("the task is busy", || (stack.get("/web/version").0 == 200).then_some(()));
    stack.up(&[Probe::new("web", "2")]);
    assert_eq!(slow.join().unwrap(), (200, "1".to_owned()));
    assert_eq!(stack.get("/web/version").1, "2");
}

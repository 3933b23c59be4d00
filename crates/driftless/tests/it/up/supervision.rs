//! Tasks that crash, hang, or turn unhealthy.

use super::{
    probe::Probe,
    stack::{Stack, get, until},
};

#[test]
fn a_crashed_task_is_started_again_and_the_reason_is_shown() {
    let signal = "was ended by SIGABRT";
    for isolation in ["auto", "none"] {
        let stack = Stack::new().isolated(isolation);
        stack.up(&[Probe::new("web", "1")]);
        for (path, reason) in [("/web/exit?41", "exited with code 41"), ("/web/abort", signal)] {
            assert_eq!(stack.get(path).0, 502);
            let status = stack.until("it runs again", |status| {
                status["healthy"] == true && status["services"][0]["tasks"][0]["last_failure"]["reason"] == reason
            });
            let lines = status["services"][0]["tasks"][0]["last_failure"]["last_lines"].to_string();
            assert!(lines.contains("probe 1 starts") && lines.contains("complaint of 1"), "{lines}");
        }
        let shown = String::from_utf8(stack.run(&["status"]).stdout).unwrap();
        assert!(shown.contains(signal), "{shown}");
        let logs = String::from_utf8(stack.run(&["logs", "web"]).stdout).unwrap();
        assert!(logs.contains("exited with code 41; starting another in 0.5 s]"), "{logs}");
        assert!(logs.contains(&format!("{signal}; starting another in 1.0 s]")), "{logs}");
    }
}

#[test]
fn an_unhealthy_task_is_replaced() {
    let stack = Stack::new();
    stack.up(&[Probe::new("web", "1")]);
    let before = stack.status()["services"][0]["tasks"][0]["id"].clone();
    assert_eq!(stack.get("/web/sick").0, 200);
    let status = stack.until("another task is healthy", |status| {
        status["healthy"] == true && status["services"][0]["tasks"][0]["id"] != before
    });
    let reason = status["services"][0]["tasks"][0]["last_failure"]["reason"].as_str().unwrap().to_owned();
    assert_eq!(reason, "became unhealthy: `GET /health` was answered with 500, not 200");
}

#[test]
fn a_task_that_ignores_sigterm_is_killed_after_its_stop_timeout_and_others_get_it() {
    let stack = Stack::new();
    let mut stubborn = Probe::new("stubborn", "1").with("IGNORE_SIGTERM", "1");
    stubborn.stop_timeout = 1;
    stack.up(&[stubborn, Probe::new("polite", "1")]);
    let address = stack.status()["services"][1]["tasks"][0]["address"].as_str().unwrap().to_owned();
    assert!(stack.run(&["down"]).status.success());
    until("it is gone", || (get(&address, "/version").0 == 0).then_some(()));
    let logs = |service| String::from_utf8(stack.run(&["logs", service]).stdout).unwrap();
    assert!(logs("stubborn").contains("was killed: it did not stop within 1.0 s]"), "{}", logs("stubborn"));
    assert!(logs("polite").contains("got SIGTERM"), "{}", logs("polite"));
}

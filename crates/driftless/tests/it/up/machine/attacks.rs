//! What a hostile image can do from inside of its sandbox, with both kinds.

use std::{
    fs,
    net::TcpStream,
    os::unix::{fs::PermissionsExt, net::UnixStream},
    process::Command,
};

use super::super::{
    probe::Probe,
    stack::{Stack, is_root, until},
};

/// Linux's numbers of the errors that answer.
const NOT_PERMITTED: &str = "1";
const ACCESS_DENIED: &str = "13";
const NO_SUCH_CALL: &str = "38";

/// A running stack of one service for each isolation that this machine allows.
fn sandboxes() -> impl Iterator<Item = Stack> {
    let root = is_root().then(|| Stack::new().isolated("root"));
    root.into_iter().chain([Stack::unprivileged().isolated("user-namespaces")]).filter(|stack| {
        let output = stack.try_up(&[Probe::new("probe", "1")]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if said.contains("isolating tasks as asked") {
            testing::skipped(&format!("this machine does not allow this isolation: {said}"));
            return false;
        }
        assert!(output.status.success(), "{said}");
        true
    })
}

#[test]
fn the_kernel_refuses_what_a_service_has_no_use_for() {
    for stack in sandboxes() {
        let mode = stack.status()["isolation"].clone();
        for (attack, answer) in [
            ("user-namespace", NOT_PERMITTED),
            ("user-namespace-by-clone", NOT_PERMITTED),
            ("clone3", NO_SUCH_CALL),
            ("keyctl", NOT_PERMITTED),
            ("add-key", NOT_PERMITTED),
            ("bpf", NOT_PERMITTED),
            ("io-uring", NOT_PERMITTED),
            ("userfaultfd", NOT_PERMITTED),
            ("ptrace", NOT_PERMITTED),
            ("mount", NOT_PERMITTED),
            ("setns", NOT_PERMITTED),
            ("pidfd-getfd", NOT_PERMITTED),
            ("process-madvise", NOT_PERMITTED),
            ("kcmp", NOT_PERMITTED),
            ("fanotify", NOT_PERMITTED),
            ("hypervisor", NOT_PERMITTED),
            ("keys", "0"),
        ] {
            assert_eq!(stack.get(&format!("/probe/attack?{attack}")).1, answer, "{attack}, {mode}");
        }
        // Settings of the kernel are root's to change, whatever root may do otherwise.
        let mounts = stack.get("/probe/kept?/proc/self/mounts").1;
        for place in ["/proc/sys", "/proc/irq"] {
            let mounted = mounts.lines().find(|line| line.split(' ').nth(1) == Some(place));
            assert!(mounted.is_some_and(|line| line.contains(" ro,")), "{place}, {mode}: {mounts}");
        }
    }
}

#[test]
fn what_started_a_service_can_be_neither_read_nor_ended_by_it() {
    for stack in sandboxes() {
        let mode = stack.status()["isolation"].clone();
        assert_eq!(stack.get("/probe/attack?program-of-first-process").1, ACCESS_DENIED, "{mode}");
        assert_eq!(stack.get("/probe/attack?memory-of-first-process").1, ACCESS_DENIED, "{mode}");
        // The kernel keeps it from the first process, and says so to nobody.
        assert_eq!(stack.get("/probe/attack?signal-first-process").1, "done", "{mode}");
        assert_eq!(stack.get("/probe/version"), (200, "1".to_owned()), "{mode}");
    }
}

#[test]
fn a_service_that_lets_go_of_its_engine_ends_with_it() {
    for stack in sandboxes() {
        let mode = stack.status()["isolation"].clone();
        assert_eq!(stack.get("/probe/attack?outlive").1, "done");
        let address = stack.status()["services"][0]["tasks"][0]["address"].as_str().unwrap().to_owned();
        let kill = format!("kill -KILL {}", stack.status()["engine"]["pid"]);
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        until(&format!("the task has ended, {mode}"), || TcpStream::connect(&address).is_err().then_some(()));
        until("nobody is at the engine's socket", || {
            UnixStream::connect(stack.data().join("engine.sock")).is_err().then_some(())
        });
    }
}

#[test]
fn a_data_directory_that_exists_lets_nobody_else_in() {
    let stack = Stack::new();
    fs::create_dir(stack.data()).unwrap();
    fs::set_permissions(stack.data(), fs::Permissions::from_mode(0o755)).unwrap();
    stack.up(&[Probe::new("probe", "1")]);
    assert_eq!(fs::metadata(stack.data()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_data_directory_of_somebody_else_is_refused() {
    if !is_root() {
        testing::left_out("it needs root");
        return;
    }
    let stack = Stack::new();
    fs::create_dir(stack.data()).unwrap();
    std::os::unix::fs::chown(stack.data(), Some(54_322), None).unwrap();
    let output = stack.try_up(&[Probe::new("probe", "1")]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("belongs to another user"), "{said}");
}

#[test]
fn an_engine_of_somebody_else_gets_no_secrets() {
    if !is_root() {
        testing::left_out("it needs root");
        return;
    }
    let stack = Stack::unprivileged();
    stack.up(&[Probe::new("probe", "1")]);
    let bundle = stack.bundle(&[Probe { secrets: vec!["API_KEY"], ..Probe::new("probe", "2") }]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    command.args(["up", "--detach", "--data"]).arg(stack.data()).arg("--bundle").arg(bundle);
    let output = command.env("API_KEY", "hunter2").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("is run by another user"), "{said}");
    assert_eq!(stack.get("/probe/version").1, "1");
}

#[test]
fn more_tasks_than_a_machine_has_ports_for_end_nothing() {
    let stack = Stack::new();
    stack.up(&[Probe::new("probe", "1")]);
    let output = stack.try_up(&[Probe { tasks: u32::MAX, ..Probe::new("probe", "2") }]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("one machine runs at most"), "{said}");
    assert_eq!(stack.get("/probe/version").1, "1");
}

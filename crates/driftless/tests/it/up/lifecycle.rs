//! Starting, finding, stopping, and what is left when things go wrong.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
};

use super::{
    probe::Probe,
    stack::{Stack, get, processes, until},
};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_detached_stack_answers_is_shown_and_is_stopped_and_keeps_its_data() {
    let stack = Stack::new();
    let output = stack.try_up(&[Probe::new("web", "1").with("OTHER", "service:api"), Probe::new("api", "7")]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let url = text(&output.stdout).trim().to_owned();
    assert!(text(&output.stderr).contains("isolation: "));
    assert_eq!(text(&stack.run(&["open"]).stdout).trim(), url);
    assert_eq!(stack.get("/web/version"), (200, "1".to_owned()));
    assert_eq!(stack.get("/api/version"), (200, "7".to_owned()));
    assert_eq!(stack.get("/web/ask"), (200, "7".to_owned()), "services reach each other");
    assert_eq!(stack.get("/other").0, 404);
    assert_eq!(stack.get("/web/keep?/data/file").1, "Ok(())");

    let status = stack.run(&["status"]);
    assert_eq!(status.status.code(), Some(0));
    assert!(text(&status.stdout).contains("`probes` is healthy at http://localhost:"), "{}", text(&status.stdout));

    let down = stack.run(&["down"]);
    assert_eq!((down.status.code(), text(&down.stdout).as_str()), (Some(0), "stopped\n"));
    assert_eq!(processes(&stack.data()), [""; 0]);
    assert!(!stack.data().join("engine.sock").exists());
    let down = stack.run(&["down"]);
    assert_eq!((down.status.code(), text(&down.stdout).as_str()), (Some(0), "nothing runs\n"));
    assert_eq!(stack.run(&["status"]).status.code(), Some(7));
    assert_eq!(stack.run(&["open"]).status.code(), Some(7));

    stack.up(&[Probe::new("web", "1")]);
    assert_eq!(stack.get("/web/kept?/data/file").1, "kept");
    assert_eq!(stack.run(&["down", "--purge"]).status.code(), Some(0));
    assert!(!stack.data().exists());
}

#[test]
fn the_directory_is_private_and_invisible_to_git() {
    let stack = Stack::new();
    stack.up(&[Probe::new("web", "1")]);
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(stack.data()), 0o700);
    assert_eq!(mode(stack.data().join("engine.sock")), 0o600);
    assert_eq!(fs::read_to_string(stack.data().join(".gitignore")).unwrap(), "*\n");
}

#[test]
fn a_first_start_that_fails_says_why_and_leaves_nothing_running() {
    let stack = Stack::new();
    let output = stack.try_up(&[Probe::new("good", "1"), Probe::new("bad", "crash")]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("of service `bad` exited with code 3\nits last lines:\n"), "{said}");
    assert!(said.contains("\n  cannot go on"), "{said}");
    assert_eq!(stack.run(&["status"]).status.code(), Some(7));
    assert_eq!(processes(&stack.data()), [""; 0]);
}

#[test]
fn a_task_that_is_never_healthy_fails_the_start_in_bounded_time() {
    let stack = Stack::new();
    let bundle = stack.bundle(&[Probe::new("web", "sick")]);
    let output = stack
        .command(&["up", "-d", "--port", "0", "--timeout", "1", "--bundle", bundle.to_str().unwrap()])
        .output()
        .unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("was not healthy within 1 s: `GET /health` was answered with 500, not 200"), "{said}");
}

#[test]
fn a_port_in_use_is_named_with_the_option_that_helps() {
    let stack = Stack::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let bundle = stack.bundle(&[Probe::new("web", "1")]);
    for detach in [&["--detach"][..], &[]] {
        let mut command = stack.command(&["up", "--port", &port, "--bundle", bundle.to_str().unwrap()]);
        let output = command.args(detach).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains(&format!(
                "port {port} is in use by another program\nhint: choose another port with `--port`"
            ))
        );
    }
}

#[test]
fn another_port_for_a_running_stack_is_refused() {
    let stack = Stack::new();
    stack.up(&[Probe::new("web", "1")]);
    let bundle = stack.path("bundle");
    let output = stack.command(&["up", "-d", "--port", "1", "--bundle", bundle.to_str().unwrap()]).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("already running on port"), "{said}");
}

#[test]
fn tasks_do_not_survive_an_engine_that_was_killed_and_the_next_one_starts() {
    for isolation in ["auto", "none"] {
        let stack = Stack::new().isolated(isolation);
        stack.up(&[Probe::new("web", "1")]);
        let status = stack.status();
        let pid = status["engine"]["pid"].to_string();
        let address = status["services"][0]["tasks"][0]["address"].as_str().unwrap().to_owned();
        assert_eq!(get(&address, "/version").0, 200);
        assert!(Command::new("sh").args(["-c", &format!("kill -KILL {pid}")]).status().unwrap().success());
        until("the task is gone", || (get(&address, "/version").0 == 0).then_some(()));
        // The kernel ends the task first, and the engine's other threads a moment later.
        until("the socket is stale", || (stack.run(&["status"]).status.code() == Some(7)).then_some(()));
        assert!(stack.data().join("engine.sock").exists());
        fs::remove_file(stack.data().join("engine.sock")).unwrap();
        stack.up(&[Probe::new("web", "2")]);
        assert_eq!(stack.get("/web/version").1, "2");
    }
}

#[test]
fn the_data_directory_may_be_deep() {
    let stack = Stack::new();
    let deep = stack.path(&["a-directory-with-quite-a-long-name"; 6].join("/"));
    let bundle = stack.bundle(&[Probe::new("web", "1")]);
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_driftless")).args(arguments).arg("--data").arg(&deep).output().unwrap()
    };
    let output = run(&["up", "-d", "--port", "0", "--bundle", bundle.to_str().unwrap()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(run(&["status"]).status.code(), Some(0));
    assert_eq!(text(&run(&["down"]).stdout), "stopped\n");
}

#[test]
fn a_tampered_image_is_refused_with_its_place() {
    let stack = Stack::new();
    let bundle = stack.bundle(&[Probe::new("web", "1")]);
    let blobs = bundle.join("images/web/blobs/sha256");
    let largest = fs::read_dir(blobs).unwrap().flatten().max_by_key(|blob| blob.metadata().unwrap().len()).unwrap();
    let mut bytes = fs::read(largest.path()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::set_permissions(largest.path(), fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(largest.path(), bytes).unwrap();
    let output = stack.command(&["up", "-d", "--port", "0", "--bundle", bundle.to_str().unwrap()]).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("the image of `web` is damaged:\n  blobs/sha256/"), "{said}");
    assert_eq!(
        fs::read_dir(stack.data().join("roots"))
            .unwrap()
            .flatten()
            .filter(|root| root.path().join("root").exists())
            .count(),
        0
    );
}

#[test]
fn the_hint_of_an_error_in_the_engine_comes_last() {
    let stack = Stack::new();
    stack.up(&[Probe::new("web", "1")]);
    stack.run(&["down"]);
    for root in fs::read_dir(stack.data().join("roots")).unwrap().flatten() {
        fs::write(root.path().join("config.json"), "{").unwrap();
    }
    for detach in [&["--detach"][..], &[]] {
        let output = stack.up_command(detach, &[Probe::new("web", "1")]).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.ends_with("\nhint: remove it; it will be unpacked again\n"), "{said}");
        assert!(!said.contains("again: "), "{said}");
    }
}

#[test]
fn a_first_start_that_nobody_waits_for_any_more_ends() {
    let stack = Stack::new();
    let mut up = stack.up_command(&["--detach"], &[Probe::new("web", "sick")]).stderr(Stdio::null()).spawn().unwrap();
    stack.until("its task has started", |status| !status["services"][0]["tasks"][0]["address"].is_null());
    up.kill().unwrap();
    up.wait().unwrap();
    until("it is gone", || (stack.run(&["status"]).status.code() == Some(7)).then_some(()));
    until("its processes are gone", || processes(&stack.data()).is_empty().then_some(()));
}

#[test]
fn two_at_once_start_one_engine() {
    let stack = Stack::new();
    let first = stack.up_command(&["--detach"], &[Probe::new("web", "1")]).stderr(Stdio::piped()).spawn().unwrap();
    let bundle = stack.path("bundle");
    let second = stack.command(&["up", "-d", "--bundle", bundle.to_str().unwrap(), "--port", "0"]).output().unwrap();
    let first = first.wait_with_output().unwrap();
    // Whoever comes second finds the engine, or says that somebody was quicker.
    for output in [&first, &second] {
        let said = text(&output.stderr);
        assert!(output.status.success() || said.contains("hint: try again"), "{said}");
    }
    assert!(first.status.success() || second.status.success());
    assert_eq!(stack.get("/web/version").1, "1");
}

#[test]
fn outside_of_a_project_the_error_says_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    for command in ["up", "down", "status", "logs", "open"] {
        let program = env!("CARGO_BIN_EXE_driftless");
        let output = Command::new(program).arg(command).current_dir(directory.path()).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains("is not in a project") && said.lines().last().unwrap_or_default().starts_with("hint:"),
            "{said}"
        );
    }
}

#[test]
fn help_has_examples_and_exit_codes() {
    let help = |command| {
        let program = env!("CARGO_BIN_EXE_driftless");
        text(&Command::new(program).args([command, "--help"]).output().unwrap().stdout)
    };
    let all: Vec<_> = ["up", "down", "status", "logs", "open"].into_iter().map(help).collect();
    assert!(all.iter().all(|help| help.contains("Examples:") && help.contains("Exit codes: 0 ")));
    insta::assert_snapshot!(all.join("\n=====\n\n"));
}

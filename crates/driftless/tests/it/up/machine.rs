//! What a task sees and may do, from inside, with every isolation; and how a stack bears load.

mod attacks;
mod conform;
pub(crate) mod foreign;
pub(crate) mod go;

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt,
    process::{Child, Command, Stdio},
};

use super::{
    probe::Probe,
    stack::{Stack, is_root},
};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn probe() -> Probe {
    let mut probe = Probe::new("probe", "1").with("GREETING", "hello").with("SELF", "service:probe");
    probe.secrets = vec!["SECRET_KEY"];
    probe
}

/// Starts a stack that has a secret; gives none if this machine does not allow its isolation.
fn start(stack: Stack, isolation: &str) -> Option<Stack> {
    let output = stack.up_command(&["--detach"], &[probe()]).env("SECRET_KEY", "hunter2").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    if said.contains("isolating tasks as asked") {
        testing::skipped(&format!("this machine does not allow {isolation}: {said}"));
        return None;
    }
    assert!(output.status.success(), "{said}");
    Some(stack)
}

fn seen(stack: &Stack) -> BTreeMap<String, String> {
    let (code, body) = stack.get("/probe/see");
    assert_eq!(code, 200);
    body.lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn is_a_sandbox(stack: &Stack) {
    let mut seen = seen(stack);
    let hostname = seen.remove("hostname").unwrap();
    assert!(hostname.starts_with("probe-"), "{hostname}");
    let mounts = seen.remove("mounts").unwrap();
    assert!(!mounts.contains(stack.data().to_str().unwrap()), "{mounts}");
    if !is_root() {
        // Nobody without privileges may drop groups; they have no meaning inside.
        seen.insert("Groups".to_owned(), String::new());
    }
    let seen: Vec<_> = seen.into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
    insta::allow_duplicates! {
        insta::assert_snapshot!("what_a_task_sees", seen.join("\n"));
    }
    has_exactly_its_environment(stack, "/etc/ssl/certs/ca-certificates.crt");
}

fn has_exactly_its_environment(stack: &Stack, certificates: &str) {
    let status = stack.status();
    let service = &status["services"][0];
    let port = service["tasks"][0]["address"].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
    let itself = service["internal_url"].as_str().unwrap().to_owned();
    let mut environment: Vec<_> = stack.get("/probe/env").1.lines().map(str::to_owned).collect();
    environment.sort();
    let mut expected = [
        "GREETING=hello".to_owned(),
        "HOST=127.0.0.1".to_owned(),
        format!("PORT={port}"),
        "SECRET_KEY=hunter2".to_owned(),
        format!("SELF={itself}"),
        format!("SSL_CERT_FILE={certificates}"),
    ];
    expected.sort();
    // The image may say more, such as PATH; nothing of this process's environment is there.
    let ours = |line: &String| !line.starts_with("PATH=");
    assert_eq!(environment.into_iter().filter(ours).collect::<Vec<_>>(), expected);
    assert!(!status.to_string().contains("hunter2"), "the status shows a secret");
}

#[test]
fn without_privileges_a_task_is_alone_in_a_read_only_root_and_its_files_are_ours() {
    let stack = Stack::unprivileged().isolated("user-namespaces");
    let Some(stack) = start(stack, "user namespaces") else { return };
    is_a_sandbox(&stack);
    assert_eq!(stack.status()["isolation"], "user namespaces");
    let owner = fs::metadata(stack.data().join("data/probe/x")).unwrap().uid();
    assert_eq!(owner, fs::metadata(stack.data()).unwrap().uid());
}

#[test]
fn root_makes_the_same_sandbox_and_the_images_user_owns_its_files() {
    if !is_root() {
        testing::left_out("it needs root");
        return;
    }
    let Some(stack) = start(Stack::new().isolated("root"), "namespaces made by root") else { return };
    is_a_sandbox(&stack);
    assert_eq!(stack.status()["isolation"], "namespaces made by root");
    assert_eq!(fs::metadata(stack.data().join("data/probe/x")).unwrap().uid(), 65532);
}

#[test]
fn root_can_use_user_namespaces_too() {
    if !is_root() {
        testing::left_out("it needs root");
        return;
    }
    let Some(stack) = start(Stack::new().isolated("user-namespaces"), "user namespaces") else { return };
    is_a_sandbox(&stack);
}

#[test]
fn without_isolation_a_task_has_the_same_environment_and_finds_its_files() {
    let stack = start(Stack::unprivileged().isolated("none"), "running without").unwrap();
    assert_eq!(stack.status()["isolation"], "none (asked for)");
    let certificates = fs::read_dir(stack.data().join("roots")).unwrap().flatten().map(|entry| entry.path());
    let certificates = certificates.map(|root| root.join("root/etc/ssl/certs/ca-certificates.crt"));
    let certificates = certificates.into_iter().find(|path| path.exists()).unwrap();
    has_exactly_its_environment(&stack, certificates.to_str().unwrap());
    let kept = stack.data().join("data/probe/kept");
    assert_eq!(stack.get(&format!("/probe/keep?{}", kept.display())).1, "Ok(())");
}

#[test]
fn a_missing_secret_is_named_and_one_from_the_file_is_found_if_only_we_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let stack = Stack::new();
    let output = stack.up_command(&["--detach"], &[probe()]).env_remove("SECRET_KEY").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("secret `SECRET_KEY` of service `probe` has no value\nhint:"), "{said}");
    fs::create_dir_all(stack.data()).unwrap();
    let file = stack.data().join("secrets.env");
    fs::write(&file, "SECRET_KEY=hunter2\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let output = stack.up_command(&["--detach"], &[probe()]).env_remove("SECRET_KEY").output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("hint: chmod 600"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    stack.up(&[probe()]);
    assert!(stack.get("/probe/env").1.contains("SECRET_KEY=hunter2"));
}

#[test]
fn where_no_namespaces_are_allowed_it_runs_without_and_says_why() {
    let Some(bwrap) = testing::found(&["bwrap"]) else { return };
    let stack = Stack::new();
    let bundle = stack.bundle(&[Probe::new("web", "1")]);
    let run = |arguments: &[&str]| {
        let mut command = Command::new(&bwrap[0]);
        command.args(["--unshare-user", "--uid", "1000", "--disable-userns", "--dev-bind", "/", "/"]);
        command.arg(env!("CARGO_BIN_EXE_driftless")).args(arguments).arg("--data").arg(stack.data());
        command.output().unwrap()
    };
    let output = run(&["up", "-d", "--port", "0", "--bundle", bundle.to_str().unwrap()]);
    let said = text(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("isolation: none (making a user namespace: no more are allowed"), "{said}");
    assert_eq!(text(&run(&["down"]).stdout), "stopped\n");
}

#[test]
fn no_request_fails_while_releases_roll() {
    let Some(wrk) = testing::found(&["wrk"]) else { return };
    let stack = Stack::new();
    let mut web = Probe::new("web", "0").with("OTHER", "service:api");
    web.tasks = 2;
    stack.up(&[web.clone(), Probe::new("api", "0")]);
    let url = format!("http://{}/web/version", stack.address());
    let load = wrk_for(&wrk[0], &url, 12);
    let through = wrk_for(&wrk[0], &format!("http://{}/web/ask", stack.address()), 12);
    for version in ["1", "2", "3", "4", "5"] {
        web.version = version;
        stack.up(&[web.clone(), Probe::new("api", version)]);
    }
    // A release that fails must not cost a request either.
    web.version = "crash";
    assert_eq!(stack.try_up(&[web, Probe::new("api", "6")]).status.code(), Some(1));
    for load in [load, through] {
        let said = String::from_utf8(load.wait_with_output().unwrap().stdout).unwrap();
        println!("{said}");
        assert!(!said.contains("Non-2xx") && !said.contains("Socket errors"), "{said}");
        let requests: u64 = said
            .split_whitespace()
            .zip(said.split_whitespace().skip(1))
            .find_map(|(number, word)| (word == "requests").then(|| number.parse().unwrap()))
            .unwrap();
        assert!(requests > 100, "{said}");
    }
    assert_eq!(stack.get("/web/version").1, "5");
}

fn wrk_for(wrk: &std::path::Path, url: &str, seconds: u32) -> Child {
    let mut command = Command::new(wrk);
    command.args(["-t1", "-c8", &format!("-d{seconds}s"), url]).stdout(Stdio::piped());
    command.spawn().unwrap()
}

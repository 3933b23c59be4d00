//! Deployments that are killed, locked out, or beside another.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Stdio},
};

use serde_json::json;

use super::account::Account;

/// What a shell reports of a program that was killed.
const KILLED: i32 = 137;

#[test]
fn deploy_goes_on_from_wherever_it_was_killed() {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    // Each run starts from what the one before left, so each step is begun once after a kill.
    for step in ["preflight", "push", "plan", "apply", "watch"] {
        let mut command = account.command("here", "one", "deploy -e dev --yes");
        let output = command.env("DRIFTLESS_TEST_KILL_AFTER", step).output().unwrap();
        assert_eq!(output.status.code(), Some(KILLED), "{step}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let said = account.succeeds("one", "deploy -e dev --yes");
    assert!(said.out.contains("live: release 1 of `dev`"), "{}", said.out);
    let output = account.command("here", "two", "deploy -e dev --yes");
    let output = { output }.env("DRIFTLESS_TEST_KILL_AFTER", "record").output().unwrap();
    assert_eq!(output.status.code(), Some(KILLED));
    assert!(account.succeeds("two", "deploy -e dev --yes").out.contains("nothing changed: release 2"));

    locked_out(&account);
    rivals(&account);
}

/// Whoever is locked out is told by whom, and since when; the lock can be taken.
fn locked_out(account: &Account) {
    let lock = r#"{"ID":"6f0d1f8a-7f5c-1d44-2a5e-6c6a1d9e0a11","Operation":"OperationTypeApply","Info":"",
                   "Who":"ci@runner-7","Version":"1.11.4","Created":"2026-11-25T02:30:12.1Z","Path":"x"}"#;
    let file = account.path("held");
    fs::write(&file, lock).unwrap();
    account.ask("PUT", "/items-driftless-123456789012-us-east-1/dev.tfstate.tflock", Some(&file));
    let said = account.run("one", "deploy -e dev --yes");
    assert_eq!(said.code, 5, "{}", said.err);
    assert!(said.err.contains("`ci@runner-7` has it for `apply` since 2026-11-25T02:30:12Z"), "{}", said.err);
    let unanswered = account.run("one", "unlock -e dev");
    assert_eq!(unanswered.code, 1);
    assert!(unanswered.err.contains("--confirm=6f0d1f8a"), "{}", unanswered.err);
    account.succeeds("one", "unlock -e dev --confirm=6f0d1f8a-7f5c-1d44-2a5e-6c6a1d9e0a11");
}

/// Of two at once, one wins, and the other says that it did not.
fn rivals(account: &Account) {
    let start = |machine: &str, version: &str| -> Child {
        let mut command = account.command(machine, version, "deploy -e dev --yes");
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let (one, two) = (start("machine-a", "three"), start("machine-b", "four"));
    let outputs = [one.wait_with_output().unwrap(), two.wait_with_output().unwrap()];
    let said = outputs.each_ref().map(|output| {
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        println!("{text}");
        text
    });
    let (winner, loser) = if outputs[0].status.success() { (0, 1) } else { (1, 0) };
    assert!(outputs[winner].status.success() && said[winner].contains("live: release 3"), "{}", said[winner]);
    assert!(!outputs[loser].status.success(), "both say that they won");
    let told = ["was changed by somebody else", "is locked", "superseded"];
    assert!(told.iter().any(|words| said[loser].contains(words)), "{}", said[loser]);
}

#[test]
fn deploy_that_is_interrupted_while_it_watches_says_how_to_abort() {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    account.outcome("crash");
    let mut command = account.command("here", "one", "deploy -e dev --yes");
    let mut deploy = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    for line in BufReader::new(deploy.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        if line.ends_with(" starts") {
            rustix::process::kill_process(rustix::process::Pid::from_child(&deploy), rustix::process::Signal::INT)
                .unwrap();
        }
        said = format!("{said}{line}\n");
    }
    assert_eq!(deploy.wait().unwrap().code(), Some(130), "{said}");
    assert!(
        said.contains("interrupted: the deployment to `dev` continues") && said.contains("`driftless abort -e dev`"),
        "{said}"
    );
    let deployment = "\n  backend: arn:aws:ecs:us-east-1:123456789012:service-deployment/items-dev/backend/";
    assert!(said.contains(deployment), "{said}");
}

#[test]
fn deploy_that_fails_after_its_apply_says_that_it_goes_on_and_is_recorded_by_the_same_command() {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    let denied = |pattern: &str| json!({ "match": pattern, "status": 403, "code": "AccessDenied", "times": 99 });
    // The outputs, the watch, the record: each by the command that goes on from where the last one failed.
    for (moment, pattern) in [
        ("applying `dev`: ", "dev\\.tfstate"),
        ("planning `dev` (", "AmazonEC2ContainerService"),
        ("planning `dev` (", "^PUT .*/releases/dev/"),
    ] {
        let mut deploy = account.begins("one", "deploy -e dev --yes");
        deploy.until(moment);
        account.control("fault", &denied(pattern));
        let failed = deploy.ends();
        account.ask("DELETE", "/_rehearsal/fault", None);
        assert_eq!(failed.code, 4, "{pattern}: {}", failed.err);
        let says = "error: the deployment continues, unrecorded; the same command again records it: ";
        assert!(failed.err.contains(says) && failed.err.contains("\nhint: "), "{pattern}: {}", failed.err);
    }
    assert!(account.succeeds("one", "deploy -e dev --yes").out.starts_with("live: release 1 of `dev`"));
}

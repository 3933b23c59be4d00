//! `watch`, `status` and `abort` of what is under way, and what does not get healthy.

use serde_json::{Value, json};

use super::super::account::Account;

pub(super) fn all(account: &Account) {
    a_deployment_is_watched_by_others(account);
    a_deployment_is_aborted(account);
    what_the_load_balancer_finds_unhealthy_is_not_live(account);
}

fn runs(account: &Account, runs: bool) {
    account.control("clock", &json!({ "runs": runs }));
}

/// Whether `text` has `words`, in this order.
fn tells(text: &str, words: &[&str]) {
    let mut rest = text;
    for word in words {
        let Some((_, after)) = rest.split_once(word) else { panic!("`{word}` is not where it should be: {text}") };
        rest = after;
    }
}

fn a_deployment_is_watched_by_others(account: &Account) {
    runs(account, false);
    let mut deploy = account.begins("two", "deploy -e dev --yes");
    deploy.until("frontend  deployment begun: ");
    let status = account.looks("status -e dev");
    assert_eq!(status.code, 1);
    assert!(status.out.contains("in progress"), "{}", status.out);
    let status: Value = serde_json::from_str(&account.looks("status -e dev --json").out).unwrap();
    assert_eq!(status["services"][0]["deployment"]["phase"], "in progress");
    assert_eq!(status["services"][0]["healthy"], false);

    let mut left = account.begins("two", "watch -e dev");
    left.until("frontend  deployment begun: ");
    left.interrupt();
    let left = left.ends();
    assert_eq!(left.code, 130);
    tells(&left.err, &["stopped watching; what is in progress continues\n", "hint: `driftless watch -e dev`"]);

    let mut watch = account.begins("two", "watch -e dev");
    watch.until("frontend  deployment begun: ");
    runs(account, true);
    let watched = watch.ends();
    assert_eq!(watched.code, 0);
    for service in ["backend ", "frontend"] {
        let line = |words: &str| format!("  {service}  {words}");
        tells(&watched.err, &[&line("deployment begun: "), &line("task "), " starts\n", &line("✓ live: ")]);
    }
    assert!(watched.out.contains("all services are as they should be after "), "{}", watched.out);
    let deployed = deploy.ends();
    assert_eq!(deployed.code, 0);
    assert!(deployed.out.starts_with("live: release 2 of `dev`\n"), "{}", deployed.out);

    let after = account.succeeds("two", "watch -e dev --json");
    let lines: Vec<Value> = after.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["event"], "already_done");
    assert_eq!(lines.last().unwrap()["verdict"], "live");
}

fn a_deployment_is_aborted(account: &Account) {
    runs(account, false);
    let mut deploy = account.begins("one", "deploy -e dev --yes");
    deploy.until("frontend  deployment begun: ");
    let mut abort = account.begins("one", "abort -e dev");
    abort.until("`frontend`: asked ECS to stop the deployment");
    runs(account, true);
    let aborted = abort.ends();
    assert_eq!(aborted.code, 0);
    assert_eq!(
        aborted.out,
        "backend: stopped; what ran before runs again\nfrontend: stopped; what ran before runs again\n"
    );
    let deployed = deploy.ends();
    assert_eq!(deployed.code, 3, "what was aborted is no success");
    assert!(
        deployed.out.starts_with("failed and rolled back: release 3 of `dev`; release 2 serves"),
        "{}",
        deployed.out
    );
    assert_eq!(account.succeeds("two", "abort -e dev").out, "no deployment is in progress\n");
}

fn what_the_load_balancer_finds_unhealthy_is_not_live(account: &Account) {
    account.outcome("unhealthy");
    let mut deploy = account.begins("three", "deploy -e dev --yes");
    deploy.until("applying `dev`: ");
    // That of the release before, which ECS goes back to, must be well.
    account.outcome("auto");
    let said = deploy.ends();
    assert_eq!(said.code, 3);
    assert!(!said.err.contains("backend   ✓ live: the new image runs, no old task is left\n   0:00  frontend"));
    assert!(said.err.contains("the load balancer's health check"), "{}", said.err);
    assert!(said.out.starts_with("failed and rolled back: release 4 of `dev`; release 2 serves"), "{}", said.out);
}

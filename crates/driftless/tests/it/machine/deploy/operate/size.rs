//! `scale`, `pause` and `resume`.

use serde_json::Value;

use super::super::account::Account;

pub(super) fn is_changed_and_kept(account: &Account) {
    let unknown = account.refuses(2, "one", "scale nope=2 -e dev --yes");
    assert!(unknown.err.contains("service `nope` does not exist"), "{}", unknown.err);
    let scaled = account.succeeds("one", "scale frontend=3 backend=0 -e dev --yes");
    assert!(scaled.err.contains("desired_count 1 -> 3") && !scaled.err.contains("the same cost"), "{}", scaled.err);
    assert!(scaled.out.starts_with("live: release 2 of `dev`\n"), "{}", scaled.out);
    // One service at zero is not a pause.
    assert!(account.refuses(1, "one", "resume -e dev --yes").err.contains("`dev` is not paused"));

    let paused = account.succeeds("one", "pause -e dev --yes");
    assert!(paused.err.contains("saves about ") && paused.err.contains(" for what stays"), "{}", paused.err);
    assert!(!paused.err.contains("deployment begun"), "{}", paused.err);
    assert_eq!(paused.out, "paused: release 3 of `dev` runs no task\nnext: driftless resume -e dev\n");
    let status = account.looks("status -e dev");
    assert_eq!(status.code, 0, "that is what was asked for");
    assert!(status.out.contains("backend   0/0") && status.out.contains("frontend  0/0"), "{}", status.out);
    let refused = account.refuses(1, "two", "deploy -e dev --yes");
    assert!(refused.err.contains("`dev` is paused: no task would run the release\nhint: `driftless resume -e dev`"));

    assert!(
        status.out.contains("(pause, ") && status.out.contains("; paused: `driftless resume -e dev`"),
        "{}",
        status.out
    );
    let refused = account.refuses(1, "one", "scale frontend=2 -e dev --yes");
    assert!(refused.err.contains("`dev` is paused"), "{}", refused.err);

    let resumed = account.succeeds("one", "resume -e dev --yes");
    assert!(resumed.err.contains("desired_count 0 -> 3") && !resumed.err.contains("desired_count 0 -> 1"));
    assert!(account.looks("status -e dev").out.contains("frontend  3/3"));
    account.succeeds("one", "scale frontend=default backend=default -e dev --yes");
    let releases: Value = serde_json::from_str(&account.succeeds("one", "releases -e dev --json").out).unwrap();
    let releases = releases["releases"].as_array().unwrap();
    let kinds: Vec<_> = releases.iter().map(|record| record["kind"]["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["scale", "resume", "pause", "scale", "deploy"]);
    let tasks: Vec<_> = releases.iter().map(|record| record["variables"]["tasks"].to_string()).collect();
    let (none, some) = (r#"{"backend":0,"frontend":0}"#, r#"{"backend":0,"frontend":3}"#);
    assert_eq!(tasks, ["{}", some, none, some, "{}"]);
}

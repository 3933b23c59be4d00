//! A service whose number of tasks Application Auto Scaling decides: paused, resumed, scaled by hand.

use serde_json::json;

use super::account::Account;

const DESIRED: &str = "
services = account.client('ecs').describe_services(cluster='items-dev', services=['frontend'])['services']
print(services[0]['desiredCount'])
";

#[test]
fn pause_of_a_scaled_service_ends_once_no_task_runs() {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    account.succeeds("scaled", "deploy -e dev --yes");
    let desired = || account.python(DESIRED).trim().to_owned();
    assert_eq!(desired(), "2");

    let paused = account.succeeds("scaled", "pause -e dev --yes");
    assert_eq!(desired(), "0");
    assert!(paused.err.contains("frontend  ✓ paused: no task runs") && !paused.err.contains("live"), "{}", paused.err);
    assert_eq!(paused.out, "paused: release 2 of `dev` runs no task\nnext: driftless resume -e dev\n");
    let status = account.runs_in_checkout("scaled", "status -e dev");
    assert!(status.out.contains("frontend  0/0"), "{}", status.out);

    account.succeeds("scaled", "resume -e dev --yes");
    assert_eq!(desired(), "2");
    account.succeeds("scaled", "scale frontend=1 -e dev --yes");
    assert_eq!(desired(), "1");
    account.succeeds("scaled", "scale frontend=9 -e dev --yes");
    assert_eq!(desired(), "9");
    account.succeeds("scaled", "scale frontend=default -e dev --yes");
    assert_eq!(desired(), "8", "the most that its scaling allows");
}

/// The hour of a scheduled action has come.
fn it_is(account: &Account, hour: &str) {
    account.control("schedule", &json!({ "action": format!("items-dev-frontend-{hour}") }));
}

#[test]
fn what_a_schedule_has_set_is_neither_drift_nor_a_failure_nor_undone() {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    account.succeeds("scheduled", "deploy -e dev --yes");
    let desired = || account.python(DESIRED).trim().to_owned();
    assert_eq!(desired(), "2");

    it_is(&account, "night");
    assert_eq!(desired(), "0");
    account.succeeds("scheduled", "drift -e dev");
    account.succeeds("scheduled", "verify -e dev --no-drift");
    let nothing = account.succeeds("scheduled", "deploy -e dev --yes");
    assert!(nothing.out.starts_with("nothing changed: release 1"), "{}", nothing.out);
    let next = account.succeeds("scheduled-next", "deploy -e dev --yes");
    assert!(next.err.contains("frontend  ✓ asleep: "), "{}", next.err);
    assert_eq!((next.out.lines().next(), desired().as_str()), (Some("live: release 2 of `dev`"), "0"));

    it_is(&account, "morning");
    account.succeeds("scheduled-next", "drift -e dev");
    account.succeeds("scheduled-next", "verify -e dev --no-drift");
    assert_eq!(desired(), "3");

    account.succeeds("scheduled-next", "pause -e dev --yes");
    it_is(&account, "morning");
    assert_eq!(desired(), "0", "a pause lasts until somebody ends it");
    account.succeeds("scheduled-next", "resume -e dev --yes");
    assert_eq!(desired(), "2", "as infra.nix says, until the schedule's next change");
}

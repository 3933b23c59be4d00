//! A service whose number of tasks Application Auto Scaling decides: paused, resumed, scaled by hand.

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

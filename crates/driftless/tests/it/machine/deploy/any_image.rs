//! A service whose image another builder has made.

use serde_json::Value;

use super::account::Account;

/// The image in the task definition that the service runs.
const IMAGE: &str = "
ecs = account.client('ecs')
service = ecs.describe_services(cluster='items-dev', services=['frontend'])['services'][0]
definition = ecs.describe_task_definition(taskDefinition=service['taskDefinition'])['taskDefinition']
print(definition['containerDefinitions'][0]['image'])";

#[test]
fn a_web_program_in_python_is_deployed_by_digest_and_rolled_back() {
    if testing::found(&["umoci", "busybox", "python3"]).is_none() {
        return;
    }
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    assert!(account.succeeds("one", "deploy -e dev --yes").out.contains("live: release 1 of `dev`"));
    let plan = account.run("python", "plan -e dev --json");
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    let deployed = account.succeeds("python", "deploy -e dev --yes");
    assert!(deployed.out.contains("live: release 2 of `dev`"), "{}", deployed.out);
    let image = account.python(IMAGE);
    let (_, digest) = image.trim().rsplit_once('@').unwrap();
    assert!(plan.to_string().contains(digest), "{plan}: {digest}");
    assert!(account.succeeds("python", "verify -e dev").out.contains("`dev` runs release 2, as it was recorded"));
    assert!(account.succeeds("python", "deploy -e dev --yes").out.contains("nothing changed"));
    assert!(account.succeeds("one", "rollback -e dev --yes").out.contains("live: release 3"));
}

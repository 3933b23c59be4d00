//! A service whose image another builder has made, and one whose program another compiler has.

use serde_json::Value;

use super::account::Account;

/// The image in the task definition that the service runs.
const IMAGE: &str = "
ecs = account.client('ecs')
service = ecs.describe_services(cluster='items-dev', services=['frontend'])['services'][0]
definition = ecs.describe_task_definition(taskDefinition=service['taskDefinition'])['taskDefinition']
print(definition['containerDefinitions'][0]['image'])";

#[test]
fn web_programs_in_python_and_go_are_deployed_by_digest_and_rolled_back() {
    if testing::found(&["umoci", "busybox", "python3", "go"]).is_none() {
        return;
    }
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    assert!(account.succeeds("one", "deploy -e dev --yes").out.contains("live: release 1 of `dev`"));
    for (number, version) in [(2, "python"), (3, "go")] {
        let plan = account.run(version, "plan -e dev --json");
        let plan: Value = serde_json::from_str(&plan.out).unwrap();
        let deployed = account.succeeds(version, "deploy -e dev --yes");
        assert!(deployed.out.contains(&format!("live: release {number} of `dev`")), "{}", deployed.out);
        let image = account.python(IMAGE);
        let (_, digest) = image.trim().rsplit_once('@').unwrap();
        assert!(plan.to_string().contains(digest), "{plan}: {digest}");
        let verified = account.succeeds(version, "verify -e dev").out;
        assert!(verified.contains(&format!("`dev` runs release {number}, as it was recorded")), "{verified}");
        assert!(account.succeeds(version, "deploy -e dev --yes").out.contains("nothing changed"));
    }
    assert!(account.succeeds("one", "rollback 1 -e dev --yes").out.contains("live: release 4"));
}

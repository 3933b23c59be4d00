//! What is done by hand in ECS changes no verdict: what counts is what Terraform applied.

use super::super::account::Account;

/// The newest revision of the backend's task definition, with one more variable, is registered again; prints its ARN.
const REGISTER: &str = r#"
ecs = account.client("ecs")
definition = ecs.describe_task_definition(taskDefinition="items-dev-backend")["taskDefinition"]
known = ecs.meta.service_model.operation_model("RegisterTaskDefinition").input_shape.members
definition["containerDefinitions"][0]["environment"] = [{"name": "BY_HAND", "value": "yes"}]
again = ecs.register_task_definition(**{name: value for name, value in definition.items() if name in known})
print(again["taskDefinition"]["taskDefinitionArn"])
"#;

pub(super) fn changes_no_verdict(account: &Account) {
    let registered = account.python(REGISTER);
    assert!(registered.trim().ends_with("/items-dev-backend:2"), "{registered}");
    let said = account.succeeds("one", "deploy -e dev --yes");
    assert!(said.out.starts_with("nothing changed: release 1 of `dev` is live"), "{}", said.out);
    let named = "`items-dev-backend:2` was not registered by Terraform, and is not what `backend` is to run: that is \
                 `items-dev-backend:1`";
    assert!(said.err.contains(named), "{}", said.err);

    account.python(&format!(
        "account.client('ecs').update_service(cluster='items-dev', service='backend', taskDefinition='{}')",
        registered.trim()
    ));
    let said = account.succeeds("one", "deploy -e dev --yes");
    assert!(said.err.contains("task_definition `task-definition/items-dev-backend:2` -> "), "{}", said.err);
    assert!(said.err.contains(named) && said.err.contains("backend   ✓ live"), "{}", said.err);
    assert!(said.out.starts_with("live: release 2 of `dev`"), "{}", said.out);
    let said = account.succeeds("one", "verify -e dev");
    assert!(said.out.contains("`dev` runs release 2, as it was recorded"), "{}", said.out);
}

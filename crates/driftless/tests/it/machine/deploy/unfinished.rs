//! Commands that changed something on AWS before they failed: they exit with 4, and the same command again goes on.

use serde_json::json;

use super::account::Account;

/// Has Terraform's state of `dev` no longer have the secret, and prints the secret's ARN.
const FORGOTTEN: &str = r#"
import json
s3, place = account.client("s3"), {"Bucket": "items-driftless-123456789012-us-east-1", "Key": "dev.tfstate"}
state = json.loads(s3.get_object(**place)["Body"].read())
lost, = [one for one in state["resources"] if one["type"] == "aws_secretsmanager_secret"]
state["resources"].remove(lost)
state["serial"] += 1
s3.put_object(**place, Body=json.dumps(state))
print(lost["instances"][0]["attributes"]["arn"])
"#;

const REMOVED: &str = "account.client('secretsmanager').delete_secret(SecretId='items/dev/backend/SECRET_KEY', \
                       ForceDeleteWithoutRecovery=True)";

/// Has AWS refuse what matches `call` until the end of `during`.
fn refused<T>(account: &Account, call: &str, during: impl FnOnce() -> T) -> T {
    account.control("fault", &json!({ "match": call, "status": 403, "code": "AccessDeniedException", "times": 99 }));
    let done = during();
    account.ask("DELETE", "/_rehearsal/fault", None);
    done
}

#[test]
fn bootstrap_and_destroy_that_fail_half_way_say_what_is_left() {
    let Some(account) = Account::start() else { return };
    let failed = refused(&account, "CreateRepository", || account.refuses(4, "one", "bootstrap -e dev --yes"));
    let says = "error: the state bucket is ready, the foundation is not; run the same command again to continue: ";
    assert!(failed.err.contains(says), "{}", failed.err);
    account.ready("dev");
    account.succeeds("one", "deploy -e dev --yes");

    let destroy = "destroy -e dev --confirm=dev --allow-data-loss";
    let failed = refused(&account, "DeleteCluster", || account.refuses(4, "one", destroy));
    let says = "error: a part of `dev` is left; run the same command again to continue: ";
    assert!(failed.err.contains(says), "{}", failed.err);
    assert!(account.succeeds("one", destroy).out.starts_with("`dev` is destroyed\n"));
}

#[test]
fn destroy_names_what_terraform_made_and_no_state_has() {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    account.succeeds("one", "deploy -e dev --yes");
    let arn = account.python(FORGOTTEN);
    let destroy = "destroy -e dev --confirm=dev --allow-data-loss";
    let left = account.run("one", destroy);
    assert_eq!(left.code, 4, "{}", left.out);
    let says = format!("what Terraform knew of `dev` is destroyed; tagged as those of `dev`, and left:\n  {arn}hint: ");
    assert!(left.out.starts_with(&says), "{}", left.out);
    assert_eq!(account.run("one", destroy).code, 4, "it is still there");
    account.python(REMOVED);
    assert!(account.succeeds("one", destroy).out.starts_with("`dev` is destroyed already\n"));
}

//! What wrote a state, and who comes after it.

use serde_json::Value;

use super::account::Account;

/// Changes the object that ends so, in the state bucket, by the statement that follows.
const CHANGE: &str = r#"
import json
s3 = account.client("s3")
bucket = "items-driftless-123456789012-us-east-1"
key = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"] if one["Key"].endswith("END")][-1]
found = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
STATEMENT
s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(found))
"#;

#[test]
fn a_state_of_something_newer_is_explained_and_not_planned_on() {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    account.succeeds("one", "deploy -e dev --yes");
    let releases: Value = serde_json::from_str(&account.looks("releases -e dev --json").out).unwrap();
    let planned_with = &releases["releases"][0]["planned_with"];
    assert!(
        planned_with["providers"]["hashicorp/aws"].is_string() && planned_with["version"].is_string(),
        "{releases}"
    );

    let change = |end: &str, statement: &str| {
        account.python(&CHANGE.replace("END", end).replace("STATEMENT", statement));
    };
    // Terraform's own words, which say neither where the newer one is nor what to do about it.
    change(
        "dev.tfstate",
        "[one for one in found['resources'] if one['type'] == 'aws_ecs_service'][0]['instances'][0]['schema_version'] = 99",
    );
    let obscure = account.refuses(1, "one", "plan -e dev");
    assert!(
        obscure.err.contains("newer provider version") && obscure.err.contains("`planned_with`"),
        "{}",
        obscure.err
    );

    change("00000001.json", "found['planned_with']['providers']['hashicorp/aws'] = '99.0.0'");
    for command in ["plan -e dev", "drift -e dev"] {
        let refused = account.refuses(1, "one", command);
        assert!(refused.err.contains("the state was written by hashicorp/aws 99.0.0, and "), "{}", refused.err);
        assert!(!refused.err.contains("newer provider version"), "before Terraform was asked: {}", refused.err);
    }
}

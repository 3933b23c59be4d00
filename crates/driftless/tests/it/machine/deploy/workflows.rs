//! Releases by the roles that the workflows of GitHub have, which may change nothing else.

use super::account::Account;

/// The roles that infra.nix gives to workflows, without the right to change everything.
const ROLES: &str = r#"
import json
root = json.load(open("nix/golden/stacks/workflows/foundation/config.tf.json"))["resource"]
provider = account.client("iam").create_open_id_connect_provider(
    Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"])["OpenIDConnectProviderArn"]
aliases = {one["AliasName"]: one.get("TargetKeyId") for one in account.client("kms").list_aliases()["Aliases"]}
key = f"arn:aws:kms:us-east-1:123456789012:key/{aliases.get('alias/items/signatures', 'none')}"
def filled(text):
    text = text.replace("${aws_kms_key.signatures.arn}", key)
    text = text.replace("${data.aws_caller_identity.current.account_id}", "123456789012")
    return text.replace("${aws_iam_openid_connect_provider.github.arn}", provider)
for name, role in root["aws_iam_role"].items():
    account.client("iam").create_role(
        RoleName=role["name"], Path=role["path"], AssumeRolePolicyDocument=filled(role["assume_role_policy"]))
    for policy in root["aws_iam_role_policy"].values():
        if f".{name}." in policy["role"] and policy["name"] != "infrastructure":
            account.client("iam").put_role_policy(
                RoleName=role["name"], PolicyName=policy["name"], PolicyDocument=filled(policy["policy"]))
"#;

/// Prints the credentials of a run that names the environment of GitHub.
fn take(environment: &str) -> String {
    format!(
        r#"
from test_access import token, with_token
subject = "repo:example/items:environment:{environment}"
taken = with_token(account, "driftless/items/items-{environment}-deploy", token(subject)).credentials
print(taken.key, taken.secret, taken.token)
"#
    )
}

/// A record that is there, and a state that is another environment's.
const OVERWRITE: &str = r#"
from botocore.exceptions import ClientError
from test_access import token, with_token
dev = with_token(account, "driftless/items/items-dev-deploy", token("repo:example/items:environment:dev"))
s3 = dev.client("s3")
for call, key, more in (
    ("put_object", "releases/dev/00000001.json", {"Body": b"{}"}),
    ("delete_object", "releases/dev/00000001.json", {}),
    ("put_object", "prod.tfstate", {"Body": b"{}"}),
    ("get_object", "prod.tfstate", {}),
):
    try:
        getattr(s3, call)(Bucket="items-driftless-123456789012-us-east-1", Key=key, **more)
        print(call, key, "is allowed")
    except ClientError as refused:
        assert refused.response["Error"]["Code"] == "AccessDenied", refused
"#;

/// The account as a workflow sees it that releases to `environment`.
fn workflow(account: &Account, environment: &str) -> Account {
    let printed = account.python(&take(environment));
    let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].map(str::to_owned);
    let credentials = names.into_iter().zip(printed.split_whitespace().map(str::to_owned)).collect();
    account.with_credentials(&format!("runner-{environment}"), credentials)
}

#[test]
fn a_release_takes_no_more_than_the_role_of_its_environment() {
    let Some(account) = Account::start() else { return };
    account.ready_for("kept-signed-one", "dev");
    account.succeeds("kept-signed-one", "deploy -e dev --yes");
    account.ready_for("kept-signed-one", "prod");
    account.succeeds("kept-signed-one", "deploy -e prod --yes");
    account.python(ROLES);

    let dev = workflow(&account, "dev");
    dev.succeeds("kept-signed-one", "plan -e dev");
    dev.succeeds("kept-signed-two", "deploy -e dev --yes");
    let refused = dev.run("kept-signed-two", "deploy -e prod --yes");
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("AccessDenied"), "{}", refused.err);
    assert_eq!(account.python(OVERWRITE), "");

    let promoted = workflow(&account, "prod").succeeds("kept-signed-two", "promote dev prod --yes");
    assert!(promoted.err.contains("assumed-role/items-prod-deploy/"), "{}", promoted.err);
    dev.succeeds("kept-signed-two", "rollback -e dev --yes");
}

#[test]
fn the_role_of_an_environment_scales_what_it_releases() {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    account.succeeds("scaled", "deploy -e dev --yes");
    account.python(ROLES);
    let dev = workflow(&account, "dev");
    dev.succeeds("scaled", "scale frontend=3 -e dev --yes");
    dev.succeeds("scaled", "pause -e dev --yes");
    dev.succeeds("scaled", "resume -e dev --yes");
}

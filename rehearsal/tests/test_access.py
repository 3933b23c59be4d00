"""Requests of roles are judged by their policies, and refused in AWS's words."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import Account

ACCOUNT = "123456789012"
ISSUER = "token.actions.githubusercontent.com"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
CALLER = f"arn:aws:sts::{ACCOUNT}:assumed-role/ci/test"


def statement(action: Any, resource: Any = "*", effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def role(account: Account, *statements: dict[str, Any], **more: Any) -> Account:
    """The account as the role `ci` sees it, which may do this and nothing else."""
    iam = account.client("iam")
    trust = policy({"Effect": "Allow", "Principal": ROOT, "Action": "sts:AssumeRole"})
    iam.create_role(RoleName="ci", AssumeRolePolicyDocument=trust, **more)
    if statements:
        iam.put_role_policy(RoleName="ci", PolicyName="own", PolicyDocument=policy(*statements))
    return account.as_role("ci")


def refusal(call: Callable, **wanted: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        call(**wanted)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"].get("Message", "")


def no_policy(action: str, resource: str) -> str:
    return (
        f"User: {CALLER} is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )


@pytest.mark.parametrize(
    ("service", "call", "wanted", "code", "status", "message"),
    [
        (
            "ecs",
            "create_cluster",
            {"clusterName": "items"},
            "AccessDeniedException",
            400,
            no_policy("ecs:CreateCluster", f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/items"),
        ),
        (
            "ec2",
            "describe_vpcs",
            {},
            "UnauthorizedOperation",
            403,
            "You are not authorized to perform this operation. " + no_policy("ec2:DescribeVpcs", "*"),
        ),
        (
            "iam",
            "get_role",
            {"RoleName": "ci"},
            "AccessDenied",
            403,
            no_policy("iam:GetRole", f"arn:aws:iam::{ACCOUNT}:role/ci"),
        ),
        (
            "s3",
            "list_objects_v2",
            {"Bucket": "items"},
            "AccessDenied",
            403,
            no_policy("s3:ListBucket", '"arn:aws:s3:::items"'),
        ),
        (
            "efs",
            "describe_file_systems",
            {},
            "AccessDeniedException",
            403,
            no_policy(
                "elasticfilesystem:DescribeFileSystems", f"arn:aws:elasticfilesystem:us-east-1:{ACCOUNT}:file-system/*"
            ),
        ),
        (
            "sns",
            "create_topic",
            {"Name": "items"},
            "AuthorizationError",
            403,
            no_policy("sns:CreateTopic", f"arn:aws:sns:us-east-1:{ACCOUNT}:items"),
        ),
        ("s3", "head_bucket", {"Bucket": "items"}, "403", 403, "Forbidden"),
    ],
)
def test_a_role_without_policies_is_refused_in_the_words_of_each_protocol(
    account: Account, service: str, call: str, wanted: dict[str, Any], code: str, status: int, message: str
) -> None:
    assert refusal(getattr(role(account).client(service), call), **wanted) == (code, status, message)


def test_what_a_policy_allows_is_done_and_no_more(account: Account) -> None:
    account.client("ecs").create_cluster(clusterName="items-dev")
    cluster = f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/items-dev"
    ecs = role(account, statement("ecs:Describe*", cluster)).client("ecs")
    assert ecs.describe_clusters(clusters=["items-dev"])["clusters"][0]["status"] == "ACTIVE"
    assert refusal(ecs.describe_clusters, clusters=["items-prod"])[0] == "AccessDeniedException"
    assert refusal(ecs.delete_cluster, cluster=cluster)[0] == "AccessDeniedException"


def test_a_denial_is_said_to_be_explicit(account: Account) -> None:
    ecs = role(account, statement("*"), statement("ecs:ListClusters", effect="Deny")).client("ecs")
    assert refusal(ecs.list_clusters)[2] == (
        f"User: {CALLER} is not authorized to perform: ecs:ListClusters on resource: * "
        "with an explicit deny in an identity-based policy"
    )


def test_a_boundary_is_the_most_that_a_role_may_do(account: Account) -> None:
    boundary = account.client("iam").create_policy(PolicyName="most", PolicyDocument=policy(statement("ecs:*")))
    bound = role(account, statement("*"), PermissionsBoundary=boundary["Policy"]["Arn"])
    assert bound.client("ecs").list_clusters()["clusterArns"] == []
    assert "because no permissions boundary allows the iam:ListRoles action" in refusal(bound.client("iam").list_roles)[2]


def test_an_attached_policy_counts_as_one_of_its_own(account: Account) -> None:
    ci = role(account)
    assert refusal(ci.client("ecs").list_clusters)[0] == "AccessDeniedException"
    account.client("iam").attach_role_policy(RoleName="ci", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert ci.client("ecs").list_clusters()["clusterArns"] == []


def test_a_condition_on_the_region_is_heeded(account: Account) -> None:
    here = {"StringEquals": {"aws:RequestedRegion": ["us-east-1"]}}
    ci = role(account, statement("ec2:*", Condition=here))
    assert ci.client("ec2").describe_vpcs()["Vpcs"]
    assert refusal(ci.client("ec2", "eu-west-1").describe_vpcs)[0] == "UnauthorizedOperation"


def test_a_role_is_passed_only_to_whom_the_policy_names(account: Account) -> None:
    passed = f"arn:aws:iam::{ACCOUNT}:role/items-dev-task"
    service = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    statements = [statement("ecs:RegisterTaskDefinition"), statement("iam:PassRole", passed, Condition=service)]
    ecs = role(account, *statements).client("ecs")
    wanted = {"family": "items-dev", "containerDefinitions": [{"name": "a", "image": "a", "memory": 128}]}
    ecs.register_task_definition(**wanted, taskRoleArn=passed)
    other = f"arn:aws:iam::{ACCOUNT}:role/administrator"
    refused = refusal(ecs.register_task_definition, **wanted, taskRoleArn=other)
    assert refused[2] == no_policy("iam:PassRole", other)


def test_tags_at_the_creation_need_a_right_of_their_own(account: Account) -> None:
    logs = role(account, statement("logs:CreateLogGroup")).client("logs")
    logs.create_log_group(logGroupName="/ecs/plain")
    assert "logs:TagResource" in refusal(logs.create_log_group, logGroupName="/ecs/tagged", tags={"a": "b"})[2]


def test_a_bucket_s_policy_has_its_say(account: Account) -> None:
    s3 = account.client("s3")
    s3.create_bucket(Bucket="items-state")
    s3.put_object(Bucket="items-state", Key="key", Body=b"1")
    ci = role(account, statement("s3:GetObject", "arn:aws:s3:::items-state/*")).client("s3")
    assert ci.get_object(Bucket="items-state", Key="key")["Body"].read() == b"1"
    deny = statement("s3:*", "arn:aws:s3:::items-state/*", "Deny", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/ci"})
    s3.put_bucket_policy(Bucket="items-state", Policy=policy(deny))
    assert "with an explicit deny in a resource-based policy" in refusal(ci.get_object, Bucket="items-state", Key="key")[2]


def test_a_key_whose_policy_leaves_the_account_out_is_nobody_s(account: Account) -> None:
    kms = account.client("kms")
    ci = role(account, statement("kms:*")).client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert ci.describe_key(KeyId=key)["KeyMetadata"]["KeyId"] == key
    alone = statement("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/ann"})
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(alone))
    assert refusal(ci.describe_key, KeyId=key)[0] == "AccessDeniedException"


def test_a_secret_is_found_by_its_name_as_by_its_arn(account: Account) -> None:
    account.client("secretsmanager").create_secret(Name="items/dev/KEY", SecretString="hidden")
    own = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:items/dev/*"
    ci = role(account, statement("secretsmanager:GetSecretValue", own)).client("secretsmanager")
    assert ci.get_secret_value(SecretId="items/dev/KEY")["SecretString"] == "hidden"
    account.client("secretsmanager").create_secret(Name="items/prod/KEY", SecretString="hidden")
    assert refusal(ci.get_secret_value, SecretId="items/prod/KEY")[0] == "AccessDeniedException"


def test_a_call_that_the_table_does_not_have_is_no_silent_yes(account: Account) -> None:
    refused = refusal(
        role(account, statement("*")).client("ecs").create_task_set, cluster="a", service="b", taskDefinition="c"
    )
    assert refused[1] == 501
    assert "`ecs` `CreateTaskSet` is not in rehearsal/access/actions.toml" in refused[2]


def test_the_session_of_a_deleted_role_is_worth_nothing(account: Account) -> None:
    ci = role(account)
    account.client("iam").delete_role(RoleName="ci")
    refused = refusal(ci.client("ecs").list_clusters)
    assert refused[::2] == ("InvalidClientTokenId", "The security token included in the request is invalid.")


def test_the_administrator_is_judged_only_if_that_is_wanted(account: Account) -> None:
    s3 = account.client("s3")
    s3.create_bucket(Bucket="items-state")
    deny = statement("s3:ListBucket", "arn:aws:s3:::items-state", "Deny", Principal="*")
    s3.put_bucket_policy(Bucket="items-state", Policy=policy(deny))
    assert s3.list_objects_v2(Bucket="items-state")["KeyCount"] == 0
    account.control("strict", everybody=True)
    assert refusal(s3.list_objects_v2, Bucket="items-state")[0] == "AccessDenied"
    assert account.client("ecs").list_clusters()["clusterArns"] == []


def test_a_role_is_taken_by_whom_its_trust_names(account: Account) -> None:
    trust = policy({"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"})
    account.client("iam").create_role(RoleName="task", AssumeRolePolicyDocument=trust)
    arn = f"arn:aws:iam::{ACCOUNT}:role/task"
    for name in (arn, f"{arn}-that-is-not-there"):
        refused = refusal(account.client("sts").assume_role, RoleArn=name, RoleSessionName="test")
        assert refused[0] == "AccessDenied"
        assert f"is not authorized to perform: sts:AssumeRole on resource: {name}" in refused[2]


def token(
    subject: str,
    audience: str = "sts.amazonaws.com",
    issuer: str = f"https://{ISSUER}",
    lifetime: int = 300,
    ref: str = "refs/heads/main",
) -> str:
    claims = {"iss": issuer, "aud": audience, "sub": subject, "ref": ref, "exp": int(time.time()) + lifetime}
    return ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b"{}", json.dumps(claims).encode(), b"0")
    )


def with_token(account: Account, name: str, given: str) -> Account:
    return account.session(
        account.client("sts").assume_role_with_web_identity(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{name}", RoleSessionName="run", WebIdentityToken=given
        )
    )


@pytest.fixture
def github(account: Account) -> Account:
    iam = account.client("iam")
    provider = iam.create_open_id_connect_provider(Url=f"https://{ISSUER}", ClientIDList=["sts.amazonaws.com"])
    condition = {
        "StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com"},
        "StringLike": {
            f"{ISSUER}:sub": ["repo:example/items:ref:refs/heads/main", "repo:example@*/items@*:ref:refs/heads/main"]
        },
    }
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": provider["OpenIDConnectProviderArn"]},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=policy(trust))
    return account


@pytest.mark.parametrize(
    "subject", ["repo:example/items:ref:refs/heads/main", "repo:example@12/items@345:ref:refs/heads/main"]
)
def test_a_run_of_the_repository_gets_the_role(github: Account, subject: str) -> None:
    run = with_token(github, "deploy", token(subject))
    assert run.client("sts").get_caller_identity()["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/run"
    assert refusal(run.client("ecs").list_clusters)[0] == "AccessDeniedException"


@pytest.mark.parametrize(
    ("name", "given", "code", "message"),
    [
        (
            "deploy",
            lambda: token("repo:example/items:pull_request"),
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        ),
        (
            "deploy",
            lambda: token("repo:mallory@12/items@345:ref:refs/heads/main"),
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        ),
        (
            "absent",
            lambda: token("repo:example/items:ref:refs/heads/main"),
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        ),
        (
            "deploy",
            lambda: token("a", audience="https://github.com/example"),
            "InvalidIdentityToken",
            "Incorrect token audience",
        ),
        (
            "deploy",
            lambda: token("a", issuer="https://example.com"),
            "InvalidIdentityToken",
            "No OpenIDConnect provider found in your account for https://example.com",
        ),
        ("deploy", lambda: token("a", lifetime=-1), "ExpiredTokenException", "Token expired: "),
        ("deploy", lambda: "no token", "InvalidIdentityToken", "The ID Token provided is not a valid JWT."),
    ],
)
def test_other_runs_do_not(github: Account, name: str, given: Callable[[], str], code: str, message: str) -> None:
    # A token is made when it is used: it lives for minutes, as the tests before this one may.
    refused = refusal(lambda: with_token(github, name, given()))
    assert (refused[0], refused[2].startswith(message)) == (code, True), refused


def test_an_object_is_added_by_who_may_add_and_not_replaced(account: Account) -> None:
    account.client("s3").create_bucket(Bucket="items-state")
    record = {"Bucket": "items-state", "Key": "releases/dev/1.json", "Body": b"1"}
    added = {"Null": {"s3:if-none-match": "false"}}
    s3 = role(account, statement("s3:PutObject", "arn:aws:s3:::items-state/releases/*", Condition=added)).client("s3")
    s3.put_object(**record, IfNoneMatch="*")
    assert refusal(s3.put_object, **record)[0] == "AccessDenied"
    assert refusal(s3.put_object, **record, IfNoneMatch="*")[0] == "PreconditionFailed"


def test_a_task_is_run_in_the_cluster_that_the_policy_names(account: Account) -> None:
    ecs = account.client("ecs")
    for name in ("items-dev", "items-prod"):
        ecs.create_cluster(clusterName=name)
    definition = {"family": "items-dev-backend", "containerDefinitions": [{"name": "a", "image": "a", "memory": 128}]}
    ecs.register_task_definition(**definition)
    own = {"ArnEquals": {"ecs:cluster": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/items-dev"}}
    resource = f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/items-dev-backend:*"
    ci = role(account, statement("ecs:RunTask", resource, Condition=own)).client("ecs")
    assert refusal(ci.run_task, cluster="items-prod", taskDefinition="items-dev-backend")[0] == "AccessDeniedException"
    assert refusal(ci.run_task, taskDefinition="items-dev-backend")[0] == "AccessDeniedException"
    # What is refused now is no matter of policies: nothing of a network is said.
    with pytest.raises(ClientError) as caught:
        ci.run_task(cluster="items-dev", taskDefinition="items-dev-backend", launchType="FARGATE")
    assert caught.value.response["Error"]["Code"] != "AccessDeniedException"


def test_a_scalable_target_is_known_by_its_tags(account: Account) -> None:
    ecs, scaling = account.client("ecs"), account.client("application-autoscaling")
    definition = {"family": "items", "containerDefinitions": [{"name": "a", "image": "a", "memory": 128}]}
    ecs.register_task_definition(**definition)
    targets = {}
    for name in ("dev", "prod"):
        ecs.create_cluster(clusterName=name)
        ecs.create_service(cluster=name, serviceName="web", taskDefinition="items", desiredCount=0)
        targets[name] = {
            "ServiceNamespace": "ecs",
            "ResourceId": f"service/{name}/web",
            "ScalableDimension": "ecs:service:DesiredCount",
            "MinCapacity": 1,
            "MaxCapacity": 2,
        }
        scaling.register_scalable_target(**targets[name], Tags={"environment": name})
    own = {"StringEquals": {"aws:ResourceTag/environment": "dev"}}
    register = statement("application-autoscaling:RegisterScalableTarget", Condition=own)
    ci = role(account, register).client("application-autoscaling")
    ci.register_scalable_target(**targets["dev"])
    assert refusal(ci.register_scalable_target, **targets["prod"])[0] == "AccessDeniedException"

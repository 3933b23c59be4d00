"""The real Terraform: apply, a second plan that is empty, destroy that leaves nothing.

`rendered` are the roots of this repository; `roots/` holds what they do not use and others may."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import ROOT, Account
from inventory import inventory
from terraform import Root
from test_access import token, with_token

ROOTS = Path(__file__).parent / "roots"
RENDERED = ROOT / "nix/rendered"
#: This repository's stack with roles for GitHub.
WORKFLOWS = ROOT / "nix/golden/stacks/workflows"
#: Of the images, whose digests nobody has pushed.
NOT_PUSHED = "CannotPullContainerError: not found"
STATE = "items-driftless-123456789012-us-east-1"
#: Where the roles of workflows are.
OWN = "driftless/items"
REPOSITORY = "repo:example@12/items@345"


def configuration(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())


def by_workflows(name: str, account: Account, tmp_path: Path, late: tuple[str, ...] = ()) -> None:
    """An environment of this repository by the roles of its workflows: no administrator once the foundation is there."""
    Root.of(
        without_backend(configuration(WORKFLOWS / "foundation/config.tf.json")), tmp_path / "foundation", account
    ).apply()
    account.client("s3").create_bucket(Bucket=STATE)
    deploy = with_token(account, f"{OWN}/items-{name}-deploy", token(f"{REPOSITORY}:environment:{name}"))
    plan = with_token(account, f"{OWN}/items-plan", token(f"{REPOSITORY}:pull_request", ref="refs/pull/1/merge"))
    before = inventory(account)
    root = Root.of(rendered(name), tmp_path / name, deploy, bucket=STATE, images=images())
    # What services wait for comes late: those that did not wait would start tasks that lack it.
    for call in late:
        account.control("hold", match=call, seconds=5)
    root.apply()
    account.control("hold", "DELETE")
    if late:
        assert set(reasons(account, f"items-{name}")) == {NOT_PUSHED}, "tasks lack more than their images"
    assert inventory(account) > before
    assert root.plan() == "", "a second plan must be empty"
    asked = root.as_role(plan)
    assert asked.plan("-lock=false") == "", "a pull request's plan must be empty, too"
    assert_only_reads(plan)
    root.destroy()
    assert inventory(account) == before, "destroy must leave nothing"


def reasons(account: Account, cluster: str) -> Iterator[str]:
    """Why tasks have stopped, to the last one."""
    ecs = account.client("ecs")
    for service in ecs.list_services(cluster=cluster)["serviceArns"]:
        for _ in range(10):
            ecs.describe_services(cluster=cluster, services=[service])
    arns = ecs.list_tasks(cluster=cluster, desiredStatus="STOPPED")["taskArns"]
    for task in ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]:
        yield task["stoppedReason"].split(": ")[0] + ": " + task["stoppedReason"].split(": ")[-1]


def assert_only_reads(plan: Account) -> None:
    """What a pull request must not: change, read a secret, give itself more, write the state."""
    for service, call, wanted in (
        ("ecs", "update_service", {"cluster": "items-dev", "service": "backend", "desiredCount": 0}),
        ("iam", "put_role_policy", {"RoleName": "items-plan", "PolicyName": "more", "PolicyDocument": "{}"}),
        ("s3", "put_object", {"Bucket": STATE, "Key": "dev.tfstate", "Body": b"{}"}),
        ("secretsmanager", "get_secret_value", {"SecretId": "items/dev/SECRET_KEY"}),
        (
            "sts",
            "assume_role",
            {"RoleArn": f"arn:aws:iam::123456789012:role/{OWN}/items-dev-deploy", "RoleSessionName": "more"},
        ),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            getattr(plan.client(service), call)(**wanted)


def without_backend(root: dict[str, Any]) -> dict[str, Any]:
    del root["terraform"]["backend"]
    return root


def there_and_back(root: Root) -> None:
    before = inventory(root.account)
    root.apply()
    assert inventory(root.account) > before
    assert root.plan() == "", "a second plan must be empty"
    root.destroy()
    assert inventory(root.account) == before, "destroy must leave nothing"


def rendered(name: str) -> dict[str, Any]:
    """A root of this repository, without what the account cannot carry."""
    printed = subprocess.run(
        [ROOT / "rehearsal/gates", RENDERED / name / "config.tf.json"], stdout=subprocess.PIPE, check=True
    )
    return json.loads(printed.stdout)


def images() -> dict[str, str]:
    """A digest for each service that the stack has."""
    services = json.loads((RENDERED / "stack.json").read_text())["services"]
    return {name: f"sha256:{'a' * 64}" for name in services}


def test_the_root_prod_is_applied_planned_and_destroyed(account: Account, tmp_path: Path) -> None:
    by_workflows("prod", account, tmp_path)


def test_databases_are_applied_planned_and_destroyed(account: Account, tmp_path: Path) -> None:
    there_and_back(Root.of(configuration(ROOTS / "databases.tf.json"), tmp_path, account))


def test_what_is_patched_for_terraform_is_applied_planned_and_destroyed(account: Account, tmp_path: Path) -> None:
    there_and_back(Root.of(configuration(ROOTS / "patched.tf.json"), tmp_path, account))


def test_the_root_dev_is_applied_planned_and_destroyed(account: Account, tmp_path: Path) -> None:
    late = ("CreateRoute", "CreateMountTarget", "PutRolePolicy", "AuthorizeSecurityGroup")
    by_workflows("dev", account, tmp_path, late)


def test_state_is_kept_and_locked_in_a_bucket(account: Account, tmp_path: Path) -> None:
    s3 = account.client("s3")
    s3.create_bucket(Bucket="items-state")
    root = Root.of(
        {
            "terraform": rendered("foundation")["terraform"]
            | {"backend": {"s3": {"key": "dev.tfstate", "use_lockfile": True}}},
            "resource": {"aws_ssm_parameter": {"release": {"name": "release", "type": "String", "insecure_value": "1"}}},
        },
        tmp_path,
        account,
    )
    root.apply()
    listed = s3.list_objects_v2(Bucket="items-state")["Contents"]
    assert [one["Key"] for one in listed] == ["dev.tfstate"]
    s3.put_object(Bucket="items-state", Key="dev.tfstate.tflock", Body=json.dumps({"ID": "1", "Who": "a colleague"}))
    code, output = root.run("plan", "-input=false", codes=(0, 1))
    assert (code, "a colleague" in output) == (1, True)
    s3.delete_object(Bucket="items-state", Key="dev.tfstate.tflock")
    assert root.plan() == ""


def test_the_foundation_is_applied_planned_and_destroyed(account: Account, tmp_path: Path) -> None:
    there_and_back(Root.of(without_backend(rendered("foundation")), tmp_path, account))

"""The real Terraform: apply, a second plan that is empty, destroy that leaves nothing.

`rendered` are the roots of this repository; `roots/` holds what they do not use and others may."""

import json
import subprocess
from pathlib import Path
from typing import Any

from conftest import ROOT, Account
from inventory import inventory
from terraform import Root

ROOTS = Path(__file__).parent / "roots"
RENDERED = ROOT / "nix/rendered"


def configuration(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())


def there_and_back(root: Root) -> None:
    before = inventory(root.account)
    root.apply()
    assert inventory(root.account) > before
    assert root.plan() == "", "a second plan must be empty"
    root.destroy()
    assert inventory(root.account) == before, "destroy must leave nothing"


def rendered(name: str) -> dict[str, Any]:
    """A root of this repository, without what the account cannot carry, its state beside it."""
    printed = subprocess.run(
        [ROOT / "rehearsal/gates", RENDERED / name / "config.tf.json"], stdout=subprocess.PIPE, check=True
    )
    root = json.loads(printed.stdout)
    del root["terraform"]["backend"]
    return root


def images() -> dict[str, str]:
    """A digest for each service that the stack has."""
    services = json.loads((RENDERED / "stack.json").read_text())["services"]
    return {name: f"sha256:{'a' * 64}" for name in services}


def test_the_root_prod_is_applied_planned_and_destroyed(account: Account, tmp_path: Path) -> None:
    there_and_back(Root.of(rendered("prod"), tmp_path, account, images=images()))


def test_databases_are_applied_planned_and_destroyed(account: Account, tmp_path: Path) -> None:
    there_and_back(Root.of(configuration(ROOTS / "databases.tf.json"), tmp_path, account))


def test_what_is_patched_for_terraform_is_applied_planned_and_destroyed(account: Account, tmp_path: Path) -> None:
    there_and_back(Root.of(configuration(ROOTS / "patched.tf.json"), tmp_path, account))


def test_the_root_dev_is_applied_planned_and_destroyed(account: Account, tmp_path: Path) -> None:
    there_and_back(Root.of(rendered("dev"), tmp_path, account, images=images()))


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
    there_and_back(Root.of(rendered("foundation"), tmp_path, account))

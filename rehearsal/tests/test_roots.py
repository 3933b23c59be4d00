"""The real Terraform: apply, a second plan that is empty, destroy that leaves nothing.

`rendered` are the roots of this repository; `roots/` holds what they do not use and others may."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Account
from terraform import Root

ROOTS = Path(__file__).parent / "roots"
RENDERED = ROOT / "nix/rendered"


def configuration(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())


def there_and_back(root: Root) -> None:
    root.apply()
    assert root.resources()
    assert root.plan() == "", "a second plan must be empty"
    root.destroy()
    assert root.resources() == []


def test_what_is_patched_for_terraform_is_applied_planned_and_destroyed(account: Account, tmp_path: Path) -> None:
    there_and_back(Root.of(configuration(ROOTS / "patched.tf.json"), tmp_path, account))


@pytest.mark.long
def test_databases_are_applied_planned_and_destroyed(account: Account, tmp_path: Path) -> None:
    there_and_back(Root.of(configuration(ROOTS / "databases.tf.json"), tmp_path, account))

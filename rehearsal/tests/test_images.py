"""Services of images that others have built, with the real Terraform: the golden stack `images`."""

import json
from pathlib import Path

import pytest
from conftest import ROOT, Account
from terraform import Root
from test_roots import configuration, there_and_back

STACK = ROOT / "nix/golden/stacks/images"


@pytest.mark.long
def test_what_an_image_needs_is_applied_planned_and_destroyed(account: Account, tmp_path: Path) -> None:
    services = configuration(STACK / "stack.json")["services"]
    root = configuration(STACK / "dev/config.tf.json")
    del root["terraform"]["backend"]
    definitions = root["resource"]["aws_ecs_task_definition"]
    page = json.loads(definitions["page"]["container_definitions"])[0]
    assert (page["user"], page["entryPoint"]) == ("101:101", ["/bin/busybox"])
    assert "user" not in json.loads(definitions["proxy"]["container_definitions"])[0]
    there_and_back(Root.of(root, tmp_path, account, images={name: "sha256:" + "0" * 64 for name in services}))

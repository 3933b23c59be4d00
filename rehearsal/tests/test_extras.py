"""What an environment can have beside its services, with the real Terraform: the golden stack `extras`."""

from pathlib import Path

import pytest
from conftest import ROOT, Account
from terraform import Root
from test_roots import configuration, there_and_back

STACK = ROOT / "nix/golden/stacks/extras"


@pytest.mark.long
@pytest.mark.parametrize("environment", ["postgresql", "aurora", "named-cdn", "bare-cdn"])
def test_extras_are_applied_planned_and_destroyed(environment: str, account: Account, tmp_path: Path) -> None:
    services = configuration(STACK / "stack.json")["services"]
    if environment == "named-cdn":
        # Its domain is in a zone that is there.
        account.client("route53").create_hosted_zone(Name="example.com", CallerReference="extras")
    root = configuration(STACK / environment / "config.tf.json")
    del root["terraform"]["backend"]
    there_and_back(Root.of(root, tmp_path, account, images={name: "sha256:" + "0" * 64 for name in services}))

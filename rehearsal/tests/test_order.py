"""Terraform makes ten things at a time: a service that does not wait for what its tasks need starts tasks that fail.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html starts the first tasks at once."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

ROOTS = sorted(
    path.parent
    for folder in ("nix/rendered", "nix/golden/stacks")
    for path in (ROOT / folder).rglob("config.tf.json")
    if '"aws_ecs_service"' in path.read_text()
)
#: Addresses in expressions, in strings and in JSON within strings.
ADDRESS = re.compile(r"\b(aws_[a-z0-9_]+\.[A-Za-z0-9_-]+)")

#: What has to be there before a service, and the argument that says to what it belongs: a rule to the target group that it
#: forwards to, a policy to its role.
BELONGING = {
    "aws_efs_file_system_policy": "file_system_id",
    "aws_efs_mount_target": "file_system_id",
    "aws_iam_role_policy": "role",
    "aws_lb_listener_rule": "action",
    "aws_route": "route_table_id",
    "aws_route_table_association": "subnet_id",
    "aws_vpc_security_group_egress_rule": "security_group_id",
}


class Root:
    def __init__(self, configuration: dict[str, Any]) -> None:
        self.resources = {
            f"{kind}.{name}": value
            for kind, named in configuration["resource"].items()
            for name, one in named.items()
            for value in [one[0] if isinstance(one, list) else one]
        }
        self.edges = {name: self._named(value) - {name} for name, value in self.resources.items()}

    def _named(self, value: Any) -> set[str]:
        return set(ADDRESS.findall(json.dumps(value))) & set(self.resources)

    def of(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        return ((name, value) for name, value in self.resources.items() if name.startswith(f"{kind}."))

    def closure(self, name: str) -> set[str]:
        """All that is made before it."""
        found, left = set(), [name]
        while left:
            for one in self.edges[left.pop()] - found:
                found.add(one)
                left.append(one)
        return found

    def needed(self, service: str) -> set[str]:
        """What the tasks of a service need, by what they are made of."""
        definition = self._named(self.resources[service].get("task_definition", ""))
        parts = self._named(self.resources[service]) | {
            part for one in definition for part in self._named(self.resources[one])
        }
        tables = {
            table
            for _, link in self.of("aws_route_table_association")
            if self._named(link.get("subnet_id")) & parts
            for table in self._named(link.get("route_table_id"))
        }
        return {
            name
            for kind, argument in BELONGING.items()
            for name, value in self.of(kind)
            if self._named(value.get(argument)) & (parts | tables)
        } | {name for name, _ in self.of("aws_vpc_endpoint")}


def test_there_are_roots_to_look_at() -> None:
    assert len(ROOTS) > 10


@pytest.mark.parametrize("root", ROOTS, ids=lambda path: str(path.relative_to(ROOT / "nix")))
def test_a_service_waits_for_what_its_tasks_need(root: Path) -> None:
    read = Root(json.loads((root / "config.tf.json").read_text()))
    services = [name for name, _ in read.of("aws_ecs_service")]
    assert services
    missing = {name: sorted(read.needed(name) - read.closure(name)) for name in services}
    assert not {name: what for name, what in missing.items() if what}


def test_each_kind_of_need_is_found_somewhere() -> None:
    """A kind that no root has would be a rule that cannot fail."""
    found = set()
    for root in ROOTS:
        read = Root(json.loads((root / "config.tf.json").read_text()))
        found |= {name.split(".")[0] for service, _ in read.of("aws_ecs_service") for name in read.needed(service)}
    assert found >= set(BELONGING) | {"aws_vpc_endpoint"}


def test_a_dependency_less_is_missed() -> None:
    configuration = json.loads((ROOT / "nix/rendered/dev/config.tf.json").read_text())
    service = configuration["resource"]["aws_ecs_service"]["backend"]
    for left_out in list(service["depends_on"]):
        service["depends_on"] = [one for one in service["depends_on"] if one != left_out]
    read = Root(configuration)
    missing = {
        name.split(".")[0] for name in read.needed("aws_ecs_service.backend") - read.closure("aws_ecs_service.backend")
    }
    assert {"aws_efs_mount_target", "aws_lb_listener_rule", "aws_route", "aws_vpc_endpoint"} <= missing


@pytest.mark.parametrize("root", ROOTS, ids=lambda path: str(path.relative_to(ROOT / "nix")))
def test_a_load_balancer_waits_for_the_internet_gateway(root: Path) -> None:
    """Else AWS says that the VPC has none: https://github.com/hashicorp/terraform-provider-aws/pull/3494."""
    read = Root(json.loads((root / "config.tf.json").read_text()))
    gateways = {name for name, _ in read.of("aws_internet_gateway")}
    facing = [name for name, balancer in read.of("aws_lb") if not balancer.get("internal")]
    assert facing and gateways
    assert all(gateways <= read.closure(name) for name in facing)

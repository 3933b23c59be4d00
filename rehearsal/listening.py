"""Load balancers and the patterns of their rules, as moto has them."""

from collections.abc import Iterator
from typing import Any

from moto.elbv2.models import ELBv2Backend, elbv2_backends

#: Conditions by patterns, and where each has them if not at once.
CONFIGURATIONS = {"path-pattern": "PathPatternConfig", "host-header": "HostHeaderConfig"}


def backends() -> Iterator[ELBv2Backend]:
    """Those of all accounts and regions."""
    for regions in list(elbv2_backends.values()):
        yield from list(regions.values())


def patterns(condition: dict[str, Any]) -> list[str]:
    """Of a condition of one of those kinds."""
    return condition.get(CONFIGURATIONS[condition["Field"]], condition).get("Values", [])

"""ELBv2: targets have the health that the rehearsal gives them, and a load balancer is active at once."""

from typing import Any

from moto.elbv2.models import FakeHealthStatus, FakeLoadBalancer, FakeTargetGroup

from ..patching import wrap


@wrap(FakeTargetGroup, "__init__")
def target_group_init(original, self: FakeTargetGroup, *arguments: Any, **named: Any) -> None:
    original(self, *arguments, **named)
    #: By address: state, reason, description.
    self.rehearsed_health: dict[str, tuple] = {}


@wrap(FakeTargetGroup, "health_for")
def health_for(original, self: FakeTargetGroup, target: dict[str, Any], *arguments: Any) -> FakeHealthStatus:
    state = self.rehearsed_health.get(target["Id"])
    if state is None:
        return original(self, target, *arguments)
    port = self.targets[target["Id"]]["Port"]
    return FakeHealthStatus(target["Id"], port, self.health_check_port, *state)


@wrap(FakeLoadBalancer, "__init__")
def load_balancer_init(original, self: FakeLoadBalancer, *arguments: Any, **named: Any) -> None:
    original(self, *arguments, **named)
    self.state = "active"

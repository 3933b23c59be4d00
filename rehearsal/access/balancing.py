"""What the role of a deployment may: ECS registers tasks and moves traffic with it.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html"""

from typing import Any

from . import caller, trust
from .judge import JUDGE, of_region

SERVICE = "ecs.amazonaws.com"
LOOKS = tuple(f"elasticloadbalancing:Describe{what}" for what in ("Listeners", "Rules", "TargetGroups", "TargetHealth"))
REGISTERS = ("elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets")
SHIFTS = "elasticloadbalancing:ModifyRule"


def may(region: str, balancer: dict[str, Any]) -> bool:
    """Whether ECS can do its work with the role of `advancedConfiguration`."""
    advanced = balancer["advancedConfiguration"]
    role = caller.named(advanced.get("roleArn", ""))
    if role is None or not trust.lets(role.arn, SERVICE, {}):
        return False
    rules = [advanced[name] for name in ("productionListenerRule", "testListenerRule") if advanced.get(name)]
    groups = [balancer["targetGroupArn"], advanced["alternateTargetGroupArn"]]
    wanted = [(action, "*") for action in LOOKS]
    wanted += [(SHIFTS, rule) for rule in rules]
    wanted += [(action, group) for action in REGISTERS for group in groups]
    name = {"role": role.arn, "session": "ecs"}
    own = caller.policies(role)
    return not any(JUDGE.denial(own, of_region(region, name, action, on, {})) for action, on in wanted)

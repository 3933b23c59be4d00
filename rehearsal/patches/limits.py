"""What AWS refuses and moto does not: what an account has once, and what has to be there before.

| call | source |
|---|---|
| GuardDuty CreateDetector | https://github.com/hashicorp/terraform-provider-aws/issues/11780 |
| ELBv2, zones | https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html |
| ELBv2, gateway | https://github.com/hashicorp/terraform-provider-aws/pull/3494 |
| ECS CreateService | https://github.com/hashicorp/terraform/issues/32908 |
| Secrets Manager CreateSecret | https://github.com/aws/copilot-cli/issues/655 |
| Cost Explorer | https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2515, in own/anomalies.py |"""

from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend
from moto.elbv2 import elbv2_backends
from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend, FakeLoadBalancer
from moto.guardduty.models import GuardDutyBackend
from moto.secretsmanager.exceptions import InvalidRequestException
from moto.secretsmanager.models import SecretsManagerBackend

from ..patching import wrap


class DetectorExists(JsonRESTError):
    code = 400

    def __init__(self) -> None:
        super().__init__(
            "BadRequestException",
            "The request is rejected because a detector already exists for the current account.",
        )


@wrap(GuardDutyBackend, "create_detector")
def create_detector(original, self: GuardDutyBackend, *arguments: Any) -> str:
    if self.detectors:
        raise DetectorExists
    return original(self, *arguments)


@wrap(ELBv2Backend, "create_load_balancer")
def create_load_balancer(original, self: ELBv2Backend, *arguments: Any, **named: Any) -> FakeLoadBalancer:
    balancer = original(self, *arguments, **named)
    try:
        _check_network(self, balancer)
    except ELBClientError:
        del self.load_balancers[balancer.arn]
        raise
    return balancer


def _check_network(backend: ELBv2Backend, balancer: FakeLoadBalancer) -> None:
    zones = {subnet.availability_zone for subnet in balancer.subnets}
    if balancer.type in (None, "application") and len(zones) < 2:
        raise ELBClientError("ValidationError", "At least two subnets in two different Availability Zones must be specified")
    vpc = backend.ec2_backend.get_vpc(balancer.vpc_id)
    gateways = backend.ec2_backend.internet_gateways.values()
    attached = any(gateway.vpc and gateway.vpc.id == vpc.id for gateway in gateways)
    # A default VPC has one; moto's has none.
    if balancer.scheme != "internal" and not attached and not vpc.is_default:
        raise ELBClientError("InvalidSubnet", f"VPC {vpc.id} has no internet gateway")


@wrap(SecretsManagerBackend, "create_secret")
def create_secret(original, self: SecretsManagerBackend, **named: Any) -> dict[str, Any]:
    known = dict.get(self.secrets, named["name"])
    if known is not None and known.is_deleted():
        raise InvalidRequestException(
            "You can't create this secret because a secret with this name is already scheduled for deletion."
        )
    return original(self, **named)


@wrap(EC2ContainerServiceBackend, "create_service")
def create_service(original, self: EC2ContainerServiceBackend, *arguments: Any, **named: Any) -> Any:
    # The fifth argument, after cluster, name, number and task definition.
    balancers = arguments[4] if len(arguments) > 4 else named.get("load_balancers")
    for balancer in balancers or []:
        group = balancer.get("targetGroupArn")
        if group and not _is_forwarded_to(elbv2_backends[self.account_id][self.region_name], group):
            raise InvalidParameterException(
                f"The target group with targetGroupArn {group} does not have an associated load balancer."
            )
    return original(self, *arguments, **named)


def _is_forwarded_to(backend: ELBv2Backend, group: str) -> bool:
    listeners = [listener for balancer in backend.load_balancers.values() for listener in balancer.listeners.values()]
    return any(group in str(one) for listener in listeners for one in _actions(listener))


def _actions(listener: Any) -> list[Any]:
    rules = [rule.actions for rule in listener.rules.values()]
    return [action.data for actions in (listener.default_actions, *rules) for action in actions]

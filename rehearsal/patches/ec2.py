"""EC2: the description of a rule that names a group is given back, an endpoint can be deleted twice, and the interface of a
NAT gateway goes with it."""

from moto.ec2.models import EC2Backend
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.security_groups import SecurityGroupRule

from ..patching import replace, wrap


@replace(SecurityGroupRule, "description")
@property
def description(self: SecurityGroupRule) -> str | None:
    sources = (self.ip_range, self.source_group)
    return next((source["Description"] for source in sources if source and source.get("Description")), None)


@wrap(EC2Backend, "delete_vpc_endpoints")
def delete_vpc_endpoints(original, self: EC2Backend, vpce_ids: list[str] | None = None) -> None:
    """A provider that lost the first answer asks again; moto then misses the endpoint's route."""
    known = self.vpc_end_points
    original(self, [one for one in vpce_ids or [] if one in known and known[one].state != "deleted"])


@wrap(EC2Backend, "delete_nat_gateway")
def delete_nat_gateway(original, self: EC2Backend, nat_gateway_id: str) -> NatGateway:
    gateway = original(self, nat_gateway_id)
    self.enis.pop(gateway._eni.id, None)
    return gateway

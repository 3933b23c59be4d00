"""EC2: the description of a rule that names a group or a list is given back, an endpoint and a rule can be deleted twice,
and the interface of a NAT gateway goes with it."""

from typing import Any

from moto.ec2.exceptions import InvalidSecurityGroupRuleIdNotFoundError
from moto.ec2.models import EC2Backend
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.security_groups import SecurityGroupRule

from ..patching import replace, wrap


@wrap(SecurityGroupRule, "__init__")
def rule_init(original, self: SecurityGroupRule, *arguments: Any, **named: Any) -> None:
    original(self, *arguments, **named)
    # moto keeps the id of a prefix list, and not what was said about it.
    lists = [one for one in (*arguments, *named.values()) if isinstance(one, dict) and "PrefixListId" in one]
    self.prefix_list = lists[0] if lists else {}


@replace(SecurityGroupRule, "description")
@property
def description(self: SecurityGroupRule) -> str | None:
    sources = (self.ip_range, self.source_group, self.prefix_list)
    return next((source["Description"] for source in sources if source and source.get("Description")), None)


@wrap(EC2Backend, "delete_vpc_endpoints")
def delete_vpc_endpoints(original, self: EC2Backend, vpce_ids: list[str] | None = None) -> None:
    """A provider that lost the first answer asks again; moto then misses the endpoint's route."""
    known = self.vpc_end_points
    original(self, [one for one in vpce_ids or [] if one in known and known[one].state != "deleted"])


def refuse_unknown(rules: list[SecurityGroupRule], wanted: list[str] | None) -> None:
    """By the code that the provider takes for "gone already" where it asks again; moto has another, of rules in words."""
    known = {rule.id for rule in rules}
    for unknown in (one for one in wanted or [] if one not in known):
        raise InvalidSecurityGroupRuleIdNotFoundError(unknown)


def refuse_revoking_unknown(way: str) -> None:
    @wrap(EC2Backend, f"revoke_security_group_{way}")
    def revoke(original, self: EC2Backend, group_name_or_id: str, *arguments: Any, **named: Any) -> None:
        group = self.get_security_group_by_name_or_id(group_name_or_id, named.get("vpc_id"))
        refuse_unknown(getattr(group, f"{way}_rules") if group else [], named.get("security_rule_ids"))
        original(self, group_name_or_id, *arguments, **named)


for each_way in ("ingress", "egress"):
    refuse_revoking_unknown(each_way)


@wrap(EC2Backend, "delete_nat_gateway")
def delete_nat_gateway(original, self: EC2Backend, nat_gateway_id: str) -> NatGateway:
    gateway = original(self, nat_gateway_id)
    self.enis.pop(gateway._eni.id, None)
    return gateway

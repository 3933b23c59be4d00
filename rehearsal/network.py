"""The account's network in the words of the judge, as EC2, EFS and a task have it now: crates/judge/src/reach/network.rs."""

from typing import Any

from moto.ec2 import ec2_backends
from moto.ec2.models import EC2Backend
from moto.ec2.models.internet_gateways import InternetGateway
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.route_tables import Route, RouteTable
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.efs.models import efs_backends

from . import ACCOUNT

PROTOCOLS = {"-1": "all", "6": "tcp", "17": "udp", "tcp": "tcp", "udp": "udp"}
#: The task that a question is about.
TASK = "task"


def described(region: str, subnet: str, groups: list[str], public: bool) -> dict[str, Any]:
    """With one task, in this subnet and with these groups."""
    backend = ec2_backends[ACCOUNT][region]
    groups = groups or _default_group(backend, subnet)
    return {
        "schema": 1,
        "region": region,
        "vpcs": {one.id: {"cidrs": [one.cidr_block], "dns": _resolves(one)} for one in backend.vpcs.values()},
        "subnets": _subnets(backend),
        "route_tables": {one.id: _routes(backend, one) for one in backend.route_tables.values()},
        "internet_gateways": {
            **{one.id: {"vpc": one.vpc.id if one.vpc else None} for one in backend.internet_gateways.values()},
            **{_built_in(one.id): {"vpc": one.id} for one in backend.vpcs.values() if one.is_default},
        },
        "nat_gateways": {
            one.id: {"subnet": one.subnet_id, "public": one.connectivity_type == "public"}
            for one in backend.nat_gateways.values()
            if one.state == "available"
        },
        **_endpoints(backend),
        "prefix_lists": {
            one.prefix_list_name: [entry["Cidr"] for entry in one.entries.get(one.version, [])]
            for one in backend.managed_prefix_lists.values()
            if one.address_family == "IPv4"
        },
        "security_groups": {
            one.id: {"ingress": _rules(backend, one.ingress_rules), "egress": _rules(backend, one.egress_rules)}
            for vpc in backend.groups.values()
            for one in vpc.values()
        },
        "network_acls": {one.id: {"rules": _entries(one)} for one in backend.network_acls.values()},
        "services": {TASK: {"subnets": [subnet], "security_groups": groups, "public_ip": public}},
        "file_systems": {one.file_system_id: {"mount_targets": _targets(one)} for one in _file_systems(region)},
    }


def _resolves(vpc: Any) -> bool:
    return bool(vpc.enable_dns_support) and bool(vpc.enable_dns_hostnames)


def _default_group(backend: EC2Backend, subnet: str) -> list[str]:
    """Without groups, the VPC's default one.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html"""
    vpc = backend.get_subnet(subnet).vpc_id
    return [one.id for one in backend.groups[vpc].values() if one.name == "default"]


def _subnets(backend: EC2Backend) -> dict[str, Any]:
    main = {one.vpc_id: one.id for one in backend.route_tables.values() if one.main_association_id}
    tables = {subnet: one.id for one in backend.route_tables.values() for subnet in one._associations.values()}
    lists = {link.subnet_id: one.id for one in backend.network_acls.values() for link in one._associations.values()}
    return {
        one.id: {
            "vpc": one.vpc_id,
            "cidr": one.cidr_block,
            "zone": one.availability_zone,
            "route_table": tables.get(one.id, main.get(one.vpc_id)),
            "network_acl": lists.get(one.id),
        }
        for zone in backend.subnets.values()
        for one in zone.values()
    }


def _built_in(vpc: str) -> str:
    return f"the internet gateway of {vpc}"


def _routes(backend: EC2Backend, table: RouteTable) -> dict[str, Any]:
    routes = {}
    for route in table._routes.values():
        to, via = _goal(backend, route), _via(route)
        if to and via:
            routes[route.id] = {"to": to, "via": via}
    vpc = backend.vpcs.get(table.vpc_id)
    if vpc is not None and vpc.is_default and table.main_association_id:
        # https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html: moto's has no way out.
        routes["default"] = {"to": {"cidr": "0.0.0.0/0"}, "via": {"internet_gateway": _built_in(vpc.id)}}
    return {"routes": routes}


def _goal(backend: EC2Backend, route: Route) -> dict[str, str] | None:
    if route.local or route.vpc_endpoint_id:
        return None
    if route.destination_cidr_block:
        return {"cidr": route.destination_cidr_block}
    if route.destination_prefix_list:
        return {"prefix_list": _list(backend, route.destination_prefix_list.id)}
    return None


def _via(route: Route) -> dict[str, str] | None:
    if isinstance(route.gateway, InternetGateway):
        return {"internet_gateway": route.gateway.id}
    if isinstance(route.nat_gateway, NatGateway):
        return {"nat_gateway": route.nat_gateway.id}
    others = (route.gateway, route.transit_gateway, route.vpc_pcx, route.interface, route.instance)
    other = next((one for one in others if one), None)
    return {"other": getattr(other, "id", str(other))} if other else None


def _endpoints(backend: EC2Backend) -> dict[str, Any]:
    gateways, interfaces = {}, {}
    for one in backend.vpc_end_points.values():
        if one.state != "available":
            continue
        service = one.service_name.removeprefix(f"com.amazonaws.{backend.region_name}.")
        if one.vpc_endpoint_type == "Gateway":
            gateways[one.id] = {"service": service, "route_tables": one.route_table_ids or []}
        elif one.vpc_endpoint_type == "Interface":
            interfaces[one.id] = {
                "vpc": one.vpc_id,
                "service": service,
                "subnets": one.subnet_ids or [],
                "security_groups": one.security_group_ids or [],
                "private_dns": str(one.private_dns_enabled).lower() == "true",
            }
    return {"gateway_endpoints": gateways, "interface_endpoints": interfaces}


def _rules(backend: EC2Backend, rules: list[SecurityGroupRule]) -> dict[str, Any]:
    found = {}
    for rule in rules:
        protocol = PROTOCOLS.get(rule.ip_protocol, "other")
        ports = [rule.from_port, rule.to_port] if protocol in ("tcp", "udp") else None
        if peer := _peer(backend, rule):
            found[rule.id] = {"protocol": protocol, "ports": ports, "peer": peer}
    return found


def _peer(backend: EC2Backend, rule: SecurityGroupRule) -> dict[str, str] | None:
    """Nothing for IPv6, which is not judged."""
    if rule.ip_range:
        return {"cidr": rule.ip_range["CidrIp"]} if rule.ip_range.get("CidrIp") else None
    if rule.source_group:
        return {"group": rule.source_group.get("GroupId") or rule.source_group.get("GroupName", "")}
    return {"prefix_list": _list(backend, rule.prefix_list_id)} if rule.prefix_list_id else None


def _list(backend: EC2Backend, name: str) -> str:
    known = backend.managed_prefix_lists.get(name)
    return known.prefix_list_name if known else name


def _entries(acl: Any) -> dict[str, Any]:
    entries = {}
    for index, one in enumerate(acl.network_acl_entries):
        if not one.cidr_block:
            continue
        protocol = PROTOCOLS.get(str(one.protocol), "other")
        entries[str(index)] = {
            "number": int(one.rule_number),
            "egress": str(one.egress).lower() == "true",
            "protocol": protocol,
            "ports": [int(one.port_range_from), int(one.port_range_to)] if one.port_range_from else None,
            "cidr": one.cidr_block,
            "allow": one.rule_action == "allow",
        }
    # The last rule of every ACL, which has a star for a number, denies: so does the end of the list.
    return {name: entry for name, entry in entries.items() if entry["number"] < 32767}


def _file_systems(region: str) -> list[Any]:
    return list(efs_backends[ACCOUNT][region].file_systems_by_id.values())


def _targets(file_system: Any) -> dict[str, Any]:
    return {
        one.mount_target_id: {"subnet": one.subnet_id, "security_groups": one.security_groups or []}
        for one in file_system.iter_mount_targets()
    }

//! The network that a root describes.

mod balancers;
mod groups;
mod lists;
mod places;
mod tasks;

use super::root::Root;
use crate::reach::{
    GatewayEndpoint, InterfaceEndpoint, InternetGateway, NatGateway, Network, Peer, Route, RouteTable, Subnet, Via, Vpc,
};

pub(super) fn network(root: &Root) -> Network {
    let mut network =
        Network { schema: 1, region: root.region.clone(), unknown: root.unknown.clone(), ..Network::default() };
    vpcs(root, &mut network);
    routes(root, &mut network);
    endpoints(root, &mut network);
    groups::add(root, &mut network);
    lists::add(root, &mut network);
    balancers::add(root, &mut network);
    tasks::add(root, &mut network);
    places::add(root, &mut network);
    network
}

/// Reads a value, or says that it is not known.
fn parsed<T: std::str::FromStr>(network: &mut Network, address: &str, what: &str, text: Option<String>) -> Option<T> {
    let found = text.as_ref().and_then(|text| text.parse().ok());
    if found.is_none() {
        let told = text.unwrap_or_else(|| "not there".to_owned());
        network.unknown.push(format!("`{what}` of `{address}`: {told}"));
    }
    found
}

fn vpcs(root: &Root, network: &mut Network) {
    for (address, vpc) in root.of("aws_vpc") {
        if vpc.truth("assign_generated_ipv6_cidr_block", false) {
            network.unknown.push(format!("`{address}` has IPv6, which is not judged"));
        }

        let cidrs = parsed(network, address, "cidr_block", vpc.text("cidr_block")).into_iter().collect();
        let dns = vpc.truth("enable_dns_support", true) && vpc.truth("enable_dns_hostnames", false);
        network.vpcs.insert(address.to_owned(), Vpc { cidrs, dns });
    }
    for (address, subnet) in root.of("aws_subnet") {
        let Some(cidr) = parsed(network, address, "cidr_block", subnet.text("cidr_block")) else { continue };
        let described = Subnet {
            vpc: subnet.refer("vpc_id").unwrap_or_default(),
            cidr,
            zone: subnet.text("availability_zone").unwrap_or_default(),
            route_table: None,
            network_acl: None,
        };
        network.subnets.insert(address.to_owned(), described);
    }
}

fn routes(root: &Root, network: &mut Network) {
    for (address, gateway) in root.of("aws_internet_gateway") {
        network.internet_gateways.insert(address.to_owned(), InternetGateway { vpc: gateway.refer("vpc_id") });
    }
    for (_, attachment) in root.of("aws_internet_gateway_attachment") {
        let gateway = attachment.refer("internet_gateway_id").and_then(|name| network.internet_gateways.get_mut(&name));
        if let Some(gateway) = gateway {
            gateway.vpc = attachment.refer("vpc_id");
        }
    }
    for (address, gateway) in root.of("aws_nat_gateway") {
        let described = NatGateway {
            subnet: gateway.refer("subnet_id").unwrap_or_default(),
            public: gateway.text("connectivity_type").is_none_or(|kind| kind == "public"),
        };
        network.nat_gateways.insert(address.to_owned(), described);
    }
    for (address, table) in root.of("aws_route_table") {
        let mut described = RouteTable::default();
        for (index, block) in table.blocks("route").into_iter().enumerate() {
            if let Some(route) = route(&block, "cidr_block") {
                described.routes.insert(format!("{address}.route[{index}]"), route);
            }
        }
        network.route_tables.insert(address.to_owned(), described);
    }
    for (address, written) in root.of("aws_route") {
        let Some(route) = route(&written, "destination_cidr_block") else { continue };
        match written.refer("route_table_id").and_then(|name| network.route_tables.get_mut(&name)) {
            Some(table) => {
                table.routes.insert(address.to_owned(), route);
            }
            None => network.unknown.push(format!("the route table of `{address}`")),
        }
    }
    for (address, association) in root.of("aws_route_table_association") {
        let subnet = association.refer("subnet_id").and_then(|name| network.subnets.get_mut(&name));
        match subnet {
            Some(subnet) => subnet.route_table = association.refer("route_table_id"),
            None => network.unknown.push(format!("the subnet of `{address}`")),
        }
    }
    for kind in ["aws_main_route_table_association", "aws_default_route_table"] {
        for (address, _) in root.of(kind) {
            network
                .unknown
                .push(format!("`{address}` changes the main route table, which is taken for one of local routes"));
        }
    }
}

/// None: a route of IPv6.
fn route(written: &super::root::Attributes<'_>, cidr: &str) -> Option<Route> {
    let to = match (written.text(cidr), written.refer("destination_prefix_list_id")) {
        (Some(text), _) => text.parse().map_or(Peer::Unknown(text), Peer::Cidr),
        (None, Some(list)) => Peer::PrefixList(lists_name(written.root, &list)),
        (None, None) => return None,
    };
    let other = ["vpc_peering_connection_id", "transit_gateway_id", "network_interface_id", "vpc_endpoint_id"];
    let via = if let Some(gateway) = written.refer("nat_gateway_id") {
        Via::NatGateway(gateway)
    } else if let Some(gateway) = written.refer("gateway_id") {
        if gateway.starts_with("aws_internet_gateway.") || gateway.starts_with("igw-") {
            Via::InternetGateway(gateway)
        } else {
            Via::Other(gateway)
        }
    } else {
        let found = other.iter().find_map(|name| written.refer(name));
        Via::Other(found.unwrap_or_else(|| "what the route does not say".to_owned()))
    };
    Some(Route { to, via })
}

/// The name of a prefix list: AWS's own for AWS's lists.
fn lists_name(root: &Root, address: &str) -> String {
    if let Some(service) = address.strip_prefix("aws_vpc_endpoint.") {
        let endpoint = root.get(&format!("aws_vpc_endpoint.{service}"));
        return endpoint.and_then(|endpoint| endpoint.text("service_name")).unwrap_or_else(|| address.to_owned());
    }
    match root.get(address) {
        Some(data) if address.starts_with("data.") => data.text("name").unwrap_or_else(|| address.to_owned()),
        _ => address.to_owned(),
    }
}

fn endpoints(root: &Root, network: &mut Network) {
    for (address, endpoint) in root.of("aws_vpc_endpoint") {
        let name = endpoint.text("service_name").unwrap_or_default();
        let service = name.strip_prefix(&format!("com.amazonaws.{}.", root.region)).unwrap_or(&name).to_owned();
        if endpoint.raw("policy").is_some() {
            network.unknown.push(format!("what the policy of `{address}` allows is not looked at here"));
        }
        match endpoint.text("vpc_endpoint_type").as_deref() {
            None | Some("Gateway") => {
                let route_tables = endpoint.refer_all("route_table_ids");
                network.gateway_endpoints.insert(address.to_owned(), GatewayEndpoint { service, route_tables });
            }
            Some("Interface") => {
                let described = InterfaceEndpoint {
                    vpc: endpoint.refer("vpc_id").unwrap_or_default(),
                    service,
                    subnets: endpoint.refer_all("subnet_ids"),
                    security_groups: endpoint.refer_all("security_group_ids"),
                    private_dns: endpoint.truth("private_dns_enabled", false),
                };
                network.interface_endpoints.insert(address.to_owned(), described);
            }
            Some(other) => network.unknown.push(format!("`{address}` is an endpoint of the type {other}")),
        }
    }
    for (_, association) in root.of("aws_vpc_endpoint_route_table_association") {
        let endpoint = association.refer("vpc_endpoint_id").and_then(|name| network.gateway_endpoints.get_mut(&name));
        if let (Some(endpoint), Some(table)) = (endpoint, association.refer("route_table_id")) {
            endpoint.route_tables.push(table);
        }
    }
}

//! Network ACLs and their rules.

use crate::{
    reach::{AclRule, Network, NetworkAcl, Protocol},
    terraform::root::{Attributes, Root},
};

pub(super) fn add(root: &Root, network: &mut Network) {
    for (address, acl) in root.of("aws_network_acl") {
        let mut described = NetworkAcl::default();
        for (name, egress) in [("ingress", false), ("egress", true)] {
            for (index, block) in acl.blocks(name).iter().enumerate() {
                if let Some(rule) = rule(block, ["rule_no", "action"], egress) {
                    described.rules.insert(format!("{address}.{name}[{index}]"), rule);
                }
            }
        }
        network.network_acls.insert(address.to_owned(), described);
        for subnet in acl.refer_all("subnet_ids") {
            attach(network, address, &subnet);
        }
    }
    for (_, association) in root.of("aws_network_acl_association") {
        if let (Some(acl), Some(subnet)) = (association.refer("network_acl_id"), association.refer("subnet_id")) {
            attach(network, &acl, &subnet);
        }
    }
    for (address, written) in root.of("aws_network_acl_rule") {
        let egress = written.truth("egress", false);
        let Some(rule) = rule(&written, ["rule_number", "rule_action"], egress) else {
            if written.raw("ipv6_cidr_block").is_none() {
                network.unknown.push(format!("what `{address}` is about"));
            }
            continue;
        };
        match written.refer("network_acl_id").and_then(|name| network.network_acls.get_mut(&name)) {
            Some(acl) => {
                acl.rules.insert(address.to_owned(), rule);
            }
            None => network.unknown.push(format!("the network ACL of `{address}`")),
        }
    }
}

fn attach(network: &mut Network, acl: &str, subnet: &str) {
    match network.subnets.get_mut(subnet) {
        Some(subnet) => subnet.network_acl = Some(acl.to_owned()),
        None => network.unknown.push(format!("a subnet of `{acl}`: `{subnet}`")),
    }
}

fn rule(written: &Attributes<'_>, [number, action]: [&str; 2], egress: bool) -> Option<AclRule> {
    let protocol = protocol(written.text("protocol").as_deref());
    let ports = written.number("from_port").zip(written.number("to_port"));
    Some(AclRule {
        number: written.number(number)?,
        egress,
        protocol,
        ports: ports.filter(|_| protocol != Protocol::All),
        cidr: written.text("cidr_block")?.parse().ok()?,
        allow: written.text(action)?.eq_ignore_ascii_case("allow"),
    })
}

/// A protocol by its name or number.
pub(super) fn protocol(text: Option<&str>) -> Protocol {
    match text {
        Some("-1" | "all") => Protocol::All,
        Some("tcp" | "6") => Protocol::Tcp,
        Some("udp" | "17") => Protocol::Udp,
        _ => Protocol::Other,
    }
}

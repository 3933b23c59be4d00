//! Security groups and their rules, in each of the provider's forms.

use super::lists_name;
use crate::{
    reach::{GroupRule, Network, Peer, Protocol, SecurityGroup},
    terraform::root::{Attributes, Root},
};

pub(super) fn add(root: &Root, network: &mut Network) {
    for (address, list) in root.of("aws_ec2_managed_prefix_list") {
        let cidrs = list.blocks("entry").iter().filter_map(|entry| entry.text("cidr")?.parse().ok()).collect();
        network.prefix_lists.insert(address.to_owned(), cidrs);
    }
    for kind in ["aws_security_group", "aws_default_security_group"] {
        for (address, group) in root.of(kind) {
            let mut described = SecurityGroup::default();
            for (name, rules) in [("ingress", &mut described.ingress), ("egress", &mut described.egress)] {
                for (index, block) in group.blocks(name).iter().enumerate() {
                    for (part, rule) in old_rules(block, "security_groups", address).into_iter().enumerate() {
                        rules.insert(format!("{address}.{name}[{index}.{part}]"), rule);
                    }
                }
            }
            network.security_groups.insert(address.to_owned(), described);
        }
    }
    for (kind, egress) in [("aws_vpc_security_group_ingress_rule", false), ("aws_vpc_security_group_egress_rule", true)]
    {
        for (address, rule) in root.of(kind) {
            if let Some(described) = new_rule(&rule) {
                insert(network, address, rule.refer("security_group_id"), egress, vec![described]);
            }
        }
    }
    for (address, rule) in root.of("aws_security_group_rule") {
        let group = rule.refer("security_group_id");
        let own = group.clone().unwrap_or_default();
        let egress = rule.text("type").as_deref() == Some("egress");
        insert(network, address, group, egress, old_rules(&rule, "source_security_group_id", &own));
    }
}

fn insert(network: &mut Network, address: &str, group: Option<String>, egress: bool, rules: Vec<GroupRule>) {
    let Some(group) = group.and_then(|name| network.security_groups.get_mut(&name)) else {
        network.unknown.push(format!("the security group of `{address}`"));
        return;
    };
    let own = if egress { &mut group.egress } else { &mut group.ingress };
    let several = rules.len() > 1;
    for (index, rule) in rules.into_iter().enumerate() {
        let name = if several { format!("{address}[{index}]") } else { address.to_owned() };
        own.insert(name, rule);
    }
}

/// A rule of one peer. None: of IPv6.
fn new_rule(rule: &Attributes<'_>) -> Option<GroupRule> {
    let peer = if let Some(text) = rule.text("cidr_ipv4") {
        cidr(text)
    } else if let Some(group) = rule.refer("referenced_security_group_id") {
        Peer::Group(group)
    } else {
        let list = rule.refer("prefix_list_id")?;
        Peer::PrefixList(lists_name(rule.root, &list))
    };
    Some(described(rule, "ip_protocol", peer))
}

/// A rule of several peers.
fn old_rules(rule: &Attributes<'_>, groups: &str, own: &str) -> Vec<GroupRule> {
    let mut peers: Vec<_> = rule.refer_all("cidr_blocks").into_iter().map(cidr).collect();
    peers.extend(rule.refer_all(groups).into_iter().map(Peer::Group));
    let lists = rule.refer_all("prefix_list_ids");
    peers.extend(lists.iter().map(|list| Peer::PrefixList(lists_name(rule.root, list))));
    if rule.truth("self", false) {
        peers.push(Peer::Group(own.to_owned()));
    }
    peers.into_iter().map(|peer| described(rule, "protocol", peer)).collect()
}

fn cidr(text: String) -> Peer {
    text.parse().map_or(Peer::Unknown(text), Peer::Cidr)
}

fn described(rule: &Attributes<'_>, protocol: &str, peer: Peer) -> GroupRule {
    let protocol = super::lists::protocol(rule.text(protocol).as_deref());
    let ports = if protocol == Protocol::All { None } else { rule.number("from_port").zip(rule.number("to_port")) };
    // Ports that are not known are not all ports.
    let unknown = ports.is_none() && protocol != Protocol::All && rule.raw("from_port").is_some();
    let peer = if unknown { Peer::Unknown("the rule's ports".to_owned()) } else { peer };
    GroupRule { protocol, ports, peer }
}

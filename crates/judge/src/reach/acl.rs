//! Network ACLs: stateless, so that both directions are looked at; the matching rule with the lowest number decides.

use super::{
    addresses::Addresses,
    interface::Side,
    network::{AclRule, Network, Protocol},
    stop::{Stop, find},
};

/// Ports that answers go to.
pub(crate) type Ports = (u16, u16);

/// Ports of Linux, for connections that a task begins (VPC user guide, "Ephemeral ports").
pub(crate) const OF_TASKS: Ports = (32768, 60999);
/// Ports of load balancers, NAT gateways and whatever else is on the internet.
pub(crate) const OF_ANYBODY: Ports = (1024, 65535);

/// Lets through what the network ACL of a subnet allows. Returns a hop in words.
pub(crate) fn pass(
    network: &Network,
    subnet: &str,
    egress: bool,
    other: &mut Side,
    ports: Ports,
) -> Result<Option<String>, Stop> {
    let Some(name) = &network.subnet(subnet)?.network_acl else {
        return Ok(None);
    };
    let acl = find(&network.network_acls, name, "network ACL")?;
    let mut rules: Vec<_> = acl
        .rules
        .iter()
        .filter(|(_, rule)| rule.egress == egress && matches!(rule.protocol, Protocol::Tcp | Protocol::All))
        .collect();
    rules.sort_by_key(|(_, rule)| rule.number);
    let mut allowed = other.addresses.clone();
    let mut by = Vec::new();
    for piece in pieces(ports, &rules) {
        let mut rest = other.addresses.clone();
        let mut through = Addresses::default();
        for (rule_name, rule) in &rules {
            let part = rest.within(rule.cidr);
            if part.is_empty() || !rule.holds(piece) {
                continue;
            }
            rest = rest.minus(&part);
            if rule.allow {
                through = through.or(&part);
                by.push(format!("`{rule_name}`"));
            }
        }
        allowed = allowed.and(&through);
    }
    let (direction, toward) = if egress { ("outbound", "to") } else { ("inbound", "from") };
    let told =
        if ports.0 == ports.1 { format!("tcp {}", ports.0) } else { format!("answers on tcp {}-{}", ports.0, ports.1) };
    if allowed.is_empty() {
        return Err(Stop::No(format!(
            "no {direction} rule of the network ACL `{name}` of `{subnet}` allows {told} {toward} {}",
            other.name
        )));
    }
    by.sort();
    by.dedup();
    other.addresses = allowed;
    Ok(Some(format!("network ACL `{name}`: {direction} {told}: rule {}", by.join(", "))))
}

impl AclRule {
    fn holds(&self, (first, last): Ports) -> bool {
        self.protocol == Protocol::All || self.ports.is_none_or(|(from, to)| from <= first && last <= to)
    }
}

/// A range of ports, cut where rules begin and end.
fn pieces((first, last): Ports, rules: &[(&String, &AclRule)]) -> Vec<Ports> {
    let mut begins = vec![u32::from(first)];
    for (from, to) in rules.iter().filter_map(|(_, rule)| rule.ports) {
        begins.extend([u32::from(from), u32::from(to) + 1]);
    }
    begins.retain(|begin| (u32::from(first)..=u32::from(last)).contains(begin));
    begins.sort_unstable();
    begins.dedup();
    let ends = begins.iter().skip(1).map(|begin| begin - 1).chain([u32::from(last)]);
    begins
        .iter()
        .zip(ends)
        .map(|(from, to)| {
            let narrow = |port: u32| u16::try_from(port).unwrap_or(u16::MAX);
            (narrow(*from), narrow(to))
        })
        .collect()
}

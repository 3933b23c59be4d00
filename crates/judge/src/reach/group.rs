//! Security groups: stateful, so that only the first direction is looked at; rules of all groups count together.

use super::{
    addresses::Addresses,
    interface::{Interface, Side},
    network::{GroupRule, Network, Peer, Protocol},
    stop::Stop,
};
use crate::first_hole;

/// Lets out or in what the rules of an interface's groups allow. Returns a hop in words.
pub(crate) fn pass(
    network: &Network,
    interface: &Interface,
    egress: bool,
    other: &mut Side,
    port: u16,
) -> Result<Option<String>, Stop> {
    let Some(groups) = &interface.groups else {
        return Ok(None);
    };
    let (direction, toward) = if egress { ("egress", "to") } else { ("ingress", "from") };
    if groups.is_empty() {
        return Err(Stop::Unknown(format!(
            "{} names no security group, and the VPC's default one is not described",
            interface.name
        )));
    }
    let mut allowed = Addresses::default();
    let mut by = Vec::new();
    let mut unknown = None;
    for name in groups {
        let group = match network.group(name) {
            Ok(group) => group,
            Err(Stop::Unknown(why)) => {
                unknown = Some(why);
                continue;
            }
            Err(stop) => return Err(stop),
        };
        let rules = if egress { &group.egress } else { &group.ingress };
        for (label, rule) in rules.iter().filter(|(_, rule)| rule.is_about(port)) {
            match matching(network, &rule.peer, other) {
                Ok(meant) if meant.is_empty() => {}
                Ok(meant) => {
                    by.push(format!("`{label}` of `{name}`"));
                    allowed = allowed.or(&meant);
                }
                Err(why) => unknown = Some(format!("{direction} rule `{label}` of `{name}`: {why}")),
            }
        }
    }
    if !other.addresses.minus(&allowed).is_empty()
        && let Some(why) = unknown
    {
        return Err(Stop::Unknown(why));
    }
    if allowed.is_empty() {
        return Err(Stop::No(format!(
            "no {direction} rule of the security group {} allows tcp {port} {toward} {}",
            groups.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
            other.name
        )));
    }
    other.addresses = allowed;
    Ok(Some(format!("security group: {direction} rule {}", by.join(", "))))
}

impl GroupRule {
    fn is_about(&self, port: u16) -> bool {
        matches!(self.protocol, Protocol::Tcp | Protocol::All)
            && (self.protocol == Protocol::All || self.ports.is_none_or(|(first, last)| (first..=last).contains(&port)))
    }
}

/// The addresses of a side that a rule means.
fn matching(network: &Network, peer: &Peer, other: &Side) -> Result<Addresses, String> {
    match peer {
        Peer::Cidr(cidr) => Ok(other.addresses.within(*cidr)),
        // By private addresses alone: whoever comes from the internet has no group.
        Peer::Group(group) if other.groups.contains(group) => Ok(other.addresses.clone()),
        Peer::Group(group) => {
            let own = other.groups.iter().find_map(|own| first_hole(own));
            match first_hole(group).filter(|_| !other.groups.is_empty()).or(own) {
                Some(name) => Err(format!("`{name}` is not known")),
                None => Ok(Addresses::default()),
            }
        }
        Peer::PrefixList(list) if other.lists.contains(list) => Ok(other.addresses.clone()),
        Peer::PrefixList(list) => match network.prefix_lists.get(list) {
            Some(cidrs) => {
                Ok(cidrs.iter().fold(Addresses::default(), |all, cidr| all.or(&other.addresses.within(*cidr))))
            }
            // Lists of AWS hold addresses of its services, which neither visitors nor tasks have.
            None if list.starts_with("com.amazonaws.") => Ok(Addresses::default()),
            None => Err(format!("the prefix list `{list}` is not described")),
        },
        Peer::Unknown(what) => Err(format!("`{what}` is not known")),
    }
}

//! Routes: of those that match, the one with the longest prefix.
//!
//! VPC user guide, "How route priority works".

use super::{
    addresses::Addresses,
    interface::Side,
    network::{Network, Peer, Via},
    stop::Stop,
};

/// Where a subnet's route table sends some addresses.
#[derive(Debug, Clone)]
pub(crate) struct Leg {
    pub(crate) addresses: Addresses,
    pub(crate) by: String,
    pub(crate) to: To,
}

/// The next place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum To {
    Local,
    InternetGateway(String),
    NatGateway(String),
    Endpoint(String),
    Other(String),
}

/// A route that may be taken.
struct Entry {
    /// None: all of the side's addresses, by a prefix list.
    cidr: Option<ipnet::Ipv4Net>,
    by: String,
    to: To,
}

/// Where the addresses of a side are sent. Those that no route matches are in no leg.
pub(crate) fn legs(network: &Network, subnet: &str, other: &Side) -> Result<Vec<Leg>, Stop> {
    let mut entries = entries(network, subnet, other)?;
    // Prefix lists first: their networks are narrower than what routes of a VPC are for.
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.cidr.map_or(33, |cidr| cidr.prefix_len())));
    let mut rest = other.addresses.clone();
    let mut legs = Vec::new();
    for Entry { cidr, by, to } in entries {
        let addresses = match cidr {
            Some(cidr) => rest.within(cidr),
            None => rest.clone(),
        };
        if !addresses.is_empty() {
            rest = rest.minus(&addresses);
            legs.push(Leg { addresses, by, to });
        }
    }
    Ok(legs)
}

fn entries(network: &Network, subnet: &str, other: &Side) -> Result<Vec<Entry>, Stop> {
    let subnet = network.subnet(subnet)?;
    let vpc = network.vpc(&subnet.vpc)?;
    let table = network.table(subnet)?;
    let label = table
        .map_or_else(|| format!("main route table of `{}`", subnet.vpc), |(name, _)| format!("route table `{name}`"));
    let mut entries: Vec<_> = vpc
        .cidrs
        .iter()
        .map(|cidr| Entry { cidr: Some(*cidr), by: format!("{label}: local route"), to: To::Local })
        .collect();
    let Some((table_name, table)) = table else {
        return Ok(entries);
    };
    for (name, route) in &table.routes {
        let to = match &route.via {
            Via::InternetGateway(gateway) => To::InternetGateway(gateway.clone()),
            Via::NatGateway(gateway) => To::NatGateway(gateway.clone()),
            Via::Other(what) => To::Other(what.clone()),
        };
        let by = format!("{label}: route `{name}`");
        match &route.to {
            Peer::Cidr(cidr) => entries.push(Entry { cidr: Some(*cidr), by, to }),
            Peer::PrefixList(list) if other.lists.contains(list) => {
                entries.push(Entry { cidr: None, by, to });
            }
            Peer::PrefixList(list) => {
                for cidr in network.prefix_lists.get(list).into_iter().flatten() {
                    entries.push(Entry { cidr: Some(*cidr), by: by.clone(), to: to.clone() });
                }
            }
            Peer::Group(what) | Peer::Unknown(what) => {
                return Err(Stop::Unknown(format!("where {by} leads from, `{what}`, is not known")));
            }
        }
    }
    for (name, endpoint) in &network.gateway_endpoints {
        let list = format!("com.amazonaws.{}.{}", network.region, endpoint.service);
        if endpoint.route_tables.iter().any(|own| own == table_name) && other.lists.contains(&list) {
            entries.push(Entry {
                cidr: None,
                by: format!("{label}: prefix list `{list}`"),
                to: To::Endpoint(name.clone()),
            });
        }
    }
    Ok(entries)
}

//! One way from one interface to one goal, hop by hop, and the answers' way back.

use super::{
    acl::{self, OF_ANYBODY, OF_TASKS, Ports},
    addresses::Addresses,
    group,
    interface::{Interface, Side},
    network::Network,
    route::{self, Leg, To},
    stop::{Stop, find},
};

/// How far a way leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    All,
    /// For these addresses alone.
    Some(Addresses),
    Stopped(Stop),
}

/// A way: what was passed, and where it ends.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    pub(crate) hops: Vec<String>,
    pub(crate) end: End,
}

pub(crate) struct Walker<'a> {
    pub(crate) network: &'a Network,
    hops: Vec<String>,
    unknown: Option<String>,
}

impl<'a> Walker<'a> {
    pub(crate) fn new(network: &'a Network) -> Self {
        Self { network, hops: Vec::new(), unknown: None }
    }

    /// From an interface to another of the same VPC.
    pub(crate) fn inside(mut self, from: &Interface, to: &Interface, port: u16, back: Ports) -> Walk {
        let end = self.try_inside(from, to, port, back);
        self.finish(end)
    }

    /// From an interface to addresses outside.
    pub(crate) fn out(mut self, from: &Interface, to: Side, port: u16) -> Walk {
        let end = self.try_out(from, to, port);
        self.finish(end)
    }

    /// From addresses outside to an interface.
    pub(crate) fn in_from(mut self, from: Side, to: &Interface, port: u16) -> Walk {
        let end = self.try_in(from, to, port);
        self.finish(end)
    }

    fn finish(self, end: Result<End, Stop>) -> Walk {
        let end = match (end, self.unknown) {
            (Err(Stop::No(why)), _) => End::Stopped(Stop::No(why)),
            (_, Some(why)) => End::Stopped(Stop::Unknown(why)),
            (end, None) => end.unwrap_or_else(End::Stopped),
        };
        Walk { hops: self.hops, end }
    }

    fn try_inside(&mut self, from: &Interface, to: &Interface, port: u16, back: Ports) -> Result<End, Stop> {
        let (mut source, mut target) = (from.side(self.network)?, to.side(self.network)?);
        let (all_sources, all_targets) = (source.addresses.clone(), target.addresses.clone());
        let vpcs = [&from.subnet, &to.subnet].map(|name| self.network.subnet(name).map(|subnet| &subnet.vpc));
        let [Ok(one), Ok(other)] = vpcs else {
            return Err(Stop::Unknown("a subnet is not described".to_owned()));
        };
        self.group(from, true, &mut target, port)?;
        let apart = from.subnet != to.subnet;
        if one != other {
            let legs = route::legs(self.network, &from.subnet, &target)?;
            return Err(match legs.iter().find_map(other_way) {
                Some(what) => Stop::Unknown(format!("what is beyond {what} is not judged")),
                None => Stop::No(format!("`{one}` and `{other}` are not connected")),
            });
        }
        if apart {
            self.acl(&from.subnet, true, &mut target, (port, port))?;
        }
        for leg in route::legs(self.network, &from.subnet, &target)? {
            if leg.to != To::Local {
                return Err(Stop::Unknown(format!("{} takes what is in the VPC elsewhere", leg.by)));
            }
            self.hops.push(leg.by);
        }
        if apart {
            self.acl(&to.subnet, false, &mut source, (port, port))?;
        }
        self.group(to, false, &mut source, port)?;
        if apart {
            self.acl(&to.subnet, true, &mut source, back)?;
            self.acl(&from.subnet, false, &mut target, back)?;
        }
        Ok(if all_sources.minus(&source.addresses).is_empty() && all_targets.minus(&target.addresses).is_empty() {
            End::All
        } else if all_sources.minus(&source.addresses).is_empty() {
            End::Some(target.addresses)
        } else {
            End::Some(source.addresses)
        })
    }

    fn try_out(&mut self, from: &Interface, mut to: Side, port: u16) -> Result<End, Stop> {
        let all = to.addresses.clone();
        self.group(from, true, &mut to, port)?;
        self.acl(&from.subnet, true, &mut to, (port, port))?;
        let legs = route::legs(self.network, &from.subnet, &to)?;
        if legs.is_empty() {
            return Err(self.no_route(&from.subnet, &to.name));
        }
        let mut through = Addresses::default();
        let mut stopped = None;
        for leg in legs {
            let mut some = Side { addresses: leg.addresses.clone(), ..to.clone() };
            match self.leave(from, &leg, &mut some, port) {
                Ok(()) => through = through.or(&some.addresses),
                Err(stop) => stopped = stopped.or(Some(stop)),
            }
        }
        match stopped {
            Some(stop) if through.is_empty() => return Err(stop),
            Some(stop @ Stop::Unknown(_)) => return Err(stop),
            _ => {}
        }
        Self::end(&all, through, &to)
    }

    /// Through a gateway, and back.
    fn leave(&mut self, from: &Interface, leg: &Leg, to: &mut Side, port: u16) -> Result<(), Stop> {
        self.hops.push(leg.by.clone());
        match &leg.to {
            To::Local => {
                return Err(Stop::Unknown(format!("what {} is in the VPC is not described", to.name)));
            }
            To::Other(what) => {
                return Err(Stop::Unknown(format!("what is beyond `{what}` ({}) is not judged", leg.by)));
            }
            To::Endpoint(name) => self.hops.push(format!("gateway endpoint `{name}`")),
            To::InternetGateway(gateway) => {
                self.gateway(gateway, &from.subnet)?;
                if !from.public {
                    return Err(Stop::No(format!(
                        "{} has no public address, which the internet gateway `{gateway}` ({}) needs",
                        from.name, leg.by
                    )));
                }
            }
            To::NatGateway(name) => self.translate(name, from, to, port)?,
        }
        self.acl(&from.subnet, false, to, OF_TASKS)
    }

    /// Through a NAT gateway, which stands in a subnet of its own.
    fn translate(&mut self, name: &str, from: &Interface, to: &mut Side, port: u16) -> Result<(), Stop> {
        let nat = find(&self.network.nat_gateways, name, "NAT gateway")?;
        self.hops.push(format!("NAT gateway `{name}` in `{}`", nat.subnet));
        if !nat.public {
            return Err(Stop::No(format!("the NAT gateway `{name}` has no public address")));
        }
        let mut source = from.side(self.network)?;
        let all = source.addresses.clone();
        let apart = nat.subnet != from.subnet;
        if apart {
            self.acl(&nat.subnet, false, &mut source, (port, port))?;
        }
        self.acl(&nat.subnet, true, to, (port, port))?;
        let legs = route::legs(self.network, &nat.subnet, to)?;
        let gateway = legs.iter().find_map(|leg| match &leg.to {
            To::InternetGateway(gateway) => Some((leg, gateway)),
            _ => None,
        });
        let Some((leg, gateway)) = gateway else {
            return Err(Stop::No(format!(
                "the NAT gateway `{name}` stands in `{}`, which has no route to an internet gateway",
                nat.subnet
            )));
        };
        self.hops.push(leg.by.clone());
        to.addresses = leg.addresses.clone();
        self.gateway(gateway, &nat.subnet)?;
        self.acl(&nat.subnet, false, to, OF_ANYBODY)?;
        if apart {
            self.acl(&nat.subnet, true, &mut source, OF_TASKS)?;
        }
        if all.minus(&source.addresses).is_empty() {
            Ok(())
        } else {
            Err(Stop::Unknown(format!(
                "the network ACL of `{}` lets only {} of `{}` through",
                nat.subnet, source.addresses, from.subnet
            )))
        }
    }

    fn try_in(&mut self, mut from: Side, to: &Interface, port: u16) -> Result<End, Stop> {
        let all = from.addresses.clone();
        if !to.public {
            return Err(Stop::No(format!("{} has no public address", to.name)));
        }
        let mut through = Addresses::default();
        let mut stopped = None;
        for leg in route::legs(self.network, &to.subnet, &from)? {
            let To::InternetGateway(gateway) = &leg.to else {
                stopped = Some(Stop::No(format!("{} takes the answers another way", leg.by)));
                continue;
            };
            match self.gateway(gateway, &to.subnet) {
                Ok(()) => {
                    self.hops.push(leg.by);
                    through = through.or(&leg.addresses);
                }
                Err(stop) => stopped = Some(stop),
            }
        }
        if through.is_empty() {
            return Err(match stopped {
                Some(stop) => stop,
                None => Stop::No(format!(
                    "`{}` has no route to an internet gateway, so that nothing comes in or goes back",
                    to.subnet
                )),
            });
        }
        from.addresses = through;
        self.acl(&to.subnet, false, &mut from, (port, port))?;
        self.group(to, false, &mut from, port)?;
        self.acl(&to.subnet, true, &mut from, OF_ANYBODY)?;
        let through = from.addresses.clone();
        Self::end(&all, through, &from)
    }

    /// Whether all of a side's addresses were let through.
    fn end(all: &Addresses, through: Addresses, side: &Side) -> Result<End, Stop> {
        if all.minus(&through).is_empty() {
            Ok(End::All)
        } else if side.exact {
            Ok(End::Some(through))
        } else {
            Err(Stop::Unknown(format!("only {through} may pass, and the addresses of {} are not known", side.name)))
        }
    }

    fn gateway(&mut self, name: &str, subnet: &str) -> Result<(), Stop> {
        let gateway = find(&self.network.internet_gateways, name, "internet gateway")?;
        let vpc = &self.network.subnet(subnet)?.vpc;
        if gateway.vpc.as_ref() == Some(vpc) {
            self.hops.push(format!("internet gateway `{name}`"));
            return Ok(());
        }
        Err(Stop::No(format!("the internet gateway `{name}` is not attached to `{vpc}`")))
    }

    fn no_route(&self, subnet: &str, goal: &str) -> Stop {
        let table = self.network.subnet(subnet).and_then(|subnet| self.network.table(subnet));
        match table {
            Ok(Some((table, _))) => Stop::No(format!("the route table `{table}` of `{subnet}` has no route to {goal}")),
            Ok(None) => {
                Stop::No(format!("`{subnet}` has no route table of its own, and the main one has no route to {goal}"))
            }
            Err(stop) => stop,
        }
    }

    fn group(&mut self, interface: &Interface, egress: bool, other: &mut Side, port: u16) -> Result<(), Stop> {
        let hop = group::pass(self.network, interface, egress, other, port);
        self.passed(hop)
    }

    fn acl(&mut self, subnet: &str, egress: bool, other: &mut Side, ports: Ports) -> Result<(), Stop> {
        let hop = acl::pass(self.network, subnet, egress, other, ports);
        self.passed(hop)
    }

    /// Goes on where it is not known whether something passes: a later no decides all the same.
    fn passed(&mut self, hop: Result<Option<String>, Stop>) -> Result<(), Stop> {
        match hop {
            Ok(hop) => self.hops.extend(hop),
            Err(Stop::Unknown(why)) => {
                self.hops.push(format!("not known: {why}"));
                self.unknown.get_or_insert(why);
            }
            Err(stop) => return Err(stop),
        }
        Ok(())
    }
}

fn other_way(leg: &Leg) -> Option<&str> {
    match &leg.to {
        To::Other(what) => Some(what),
        _ => None,
    }
}

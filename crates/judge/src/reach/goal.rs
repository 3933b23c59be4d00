//! Where a question leads, without a load balancer between.

use super::{
    acl::{OF_ANYBODY, OF_TASKS},
    addresses::Addresses,
    ask::Question,
    interface::{Interface, Side},
    place::Place,
    source::From,
    stop::Stop,
    verdict::Way,
    walk::Walker,
};

impl Question<'_> {
    /// The interfaces of a thing in the network, each with its port.
    pub(super) fn interfaces(&self, place: &Place) -> Result<Vec<(Interface, u16)>, Stop> {
        let network = self.network;
        let build = |name: &str, subnets: &[String], groups: &[String], public, port: u16| {
            subnets
                .iter()
                .map(|subnet| {
                    let interface = Interface {
                        name: name.to_owned(),
                        subnet: subnet.clone(),
                        groups: Some(groups.to_vec()),
                        public,
                    };
                    (interface, port)
                })
                .collect::<Vec<_>>()
        };
        let found = match place {
            Place::Service(name) => {
                let service = &network.services[name];
                let port = self.port.or(service.ports.first().copied()).unwrap_or(443);
                build(name, &service.subnets, &service.security_groups, service.public_ip, port)
            }
            Place::Database(name) => {
                let database = &network.databases[name];
                let port = self.port.unwrap_or(database.port);
                build(name, &database.subnets, &database.security_groups, database.public, port)
            }
            Place::LoadBalancer(name) => {
                let balancer = &network.load_balancers[name];
                let listener = balancer.listeners.values().next().map(|listener| listener.port);
                let port = self.port.or(listener).unwrap_or(443);
                build(name, &balancer.subnets, &balancer.security_groups, balancer.internet_facing, port)
            }
            Place::FileSystem(name) => network.file_systems[name]
                .mount_targets
                .values()
                .flat_map(|target| {
                    let subnets = std::slice::from_ref(&target.subnet);
                    build(name, subnets, &target.security_groups, false, self.port.unwrap_or(2049))
                })
                .collect(),
            _ => Vec::new(),
        };
        if found.is_empty() {
            return Err(match place {
                Place::FileSystem(_) => Stop::No(format!("{place} has no mount target")),
                _ => Stop::Unknown(format!("the subnets of {place} are not known")),
            });
        }
        Ok(found)
    }

    /// All ways without a load balancer between.
    pub(super) fn direct(&self, from: &From) -> Vec<Way> {
        match self.goal {
            Place::Internet => self.outside(from, &Side::public("internet", Vec::new(), true)),
            Place::Host(name) => self.outside(from, &Side::public(name, Vec::new(), false)),
            Place::Addresses(cidr) => {
                let side =
                    Side { addresses: Addresses::of([*cidr]), ..Side::public(&cidr.to_string(), Vec::new(), true) };
                self.outside(from, &side)
            }
            Place::CloudFront => vec![self.way(Stop::No("CloudFront is a source, not a goal".to_owned()))],
            Place::Aws { service, region } => self.aws(from, service, region.as_deref()),
            own => match self.interfaces(own) {
                Ok(goals) => self.to_interfaces(from, &goals),
                Err(stop) => vec![self.way(stop)],
            },
        }
    }

    fn to_interfaces(&self, from: &From, goals: &[(Interface, u16)]) -> Vec<Way> {
        match from {
            From::Outside(side) => goals
                .iter()
                .map(|(goal, port)| {
                    let walk = Walker::new(self.network).in_from(side.clone(), goal, *port);
                    Way::new(&side.name, &place_of(goal, *port), walk)
                })
                .collect(),
            From::Inside(sources) => sources
                .iter()
                .flat_map(|source| {
                    self.nearest(source, goals).into_iter().map(|(goal, port)| {
                        let back = match self.source {
                            Place::LoadBalancer(_) => OF_ANYBODY,
                            _ => OF_TASKS,
                        };
                        let walk = Walker::new(self.network).inside(source, &goal, port, back);
                        Way::new(&source_name(source), &place_of(&goal, port), walk)
                    })
                })
                .collect(),
        }
    }

    /// The goals that a source is sent to: of a file system, the mount target in its own zone.
    fn nearest(&self, source: &Interface, goals: &[(Interface, u16)]) -> Vec<(Interface, u16)> {
        let zone = |name: &str| {
            self.network.subnets.get(name).map(|subnet| subnet.zone.as_str()).filter(|zone| !zone.is_empty())
        };
        let Place::FileSystem(_) = self.goal else {
            return goals.to_vec();
        };
        let near: Vec<_> = goals
            .iter()
            .filter(|(goal, _)| {
                goal.subnet == source.subnet
                    || (zone(&goal.subnet).is_some() && zone(&goal.subnet) == zone(&source.subnet))
            })
            .cloned()
            .collect();
        if near.is_empty() {
            // Its name has no address in this zone.
            let mut missing = goals[0].clone();
            missing.0.subnet = format!("the zone of {}", source.subnet);
            return vec![missing];
        }
        near
    }

    fn outside(&self, from: &From, side: &Side) -> Vec<Way> {
        let port = self.port.unwrap_or(443);
        match from {
            From::Outside(_) => vec![self.way(Stop::Unknown("neither of them is in the network".to_owned()))],
            From::Inside(sources) => sources
                .iter()
                .map(|source| {
                    let walk = Walker::new(self.network).out(source, side.clone(), port);
                    Way::new(&source_name(source), &side.name, walk)
                })
                .collect(),
        }
    }

    /// A service of AWS: by an interface endpoint where its name leads there, by a gateway endpoint where a route does, otherwise
    /// by the internet.
    fn aws(&self, from: &From, service: &str, region: Option<&str>) -> Vec<Way> {
        let network = self.network;
        let own_region = region.is_none_or(|region| region == network.region);
        let From::Inside(sources) = from else {
            return vec![self.way(Stop::Unknown("neither of them is in the network".to_owned()))];
        };
        let mut ways = Vec::new();
        for source in sources {
            let vpc = network.subnets.get(&source.subnet).map(|subnet| subnet.vpc.as_str());
            let endpoint = network.interface_endpoints.iter().find(|(_, endpoint)| {
                own_region
                    && endpoint.service == service
                    && endpoint.private_dns
                    && Some(endpoint.vpc.as_str()) == vpc
                    && network.vpcs.get(&endpoint.vpc).is_some_and(|vpc| vpc.dns)
            });
            let lists =
                if own_region { vec![format!("com.amazonaws.{}.{service}", network.region)] } else { Vec::new() };
            let from = source_name(source);
            let Some((name, endpoint)) = endpoint else {
                let side = Side::public(&self.goal.to_string(), lists, false);
                let walk = Walker::new(network).out(source, side, self.port.unwrap_or(443));
                ways.push(Way::new(&from, &self.goal.to_string(), walk));
                continue;
            };
            for subnet in &endpoint.subnets {
                let goal = Interface {
                    name: format!("interface endpoint `{name}`"),
                    subnet: subnet.clone(),
                    groups: Some(endpoint.security_groups.clone()),
                    public: false,
                };
                let walk = Walker::new(network).inside(source, &goal, 443, OF_TASKS);
                ways.push(Way::new(&from, &place_of(&goal, 443), walk));
            }
        }
        ways
    }
}

fn source_name(source: &Interface) -> String {
    format!("{} in {}", source.name, source.subnet)
}

fn place_of(goal: &Interface, port: u16) -> String {
    format!("{}:{port} in {}", goal.name, goal.subnet)
}

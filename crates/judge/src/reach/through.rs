//! Ways through load balancers.

use super::{
    ask::{Found, Question},
    place::Place,
    source::From,
    verdict::all,
};

impl Question<'_> {
    /// To a service by each load balancer that forwards to it.
    pub(super) fn through_load_balancers(&self, from: &From) -> Vec<Found> {
        let Place::Service(name) = self.goal else {
            return Vec::new();
        };
        if matches!(self.source, Place::LoadBalancer(_)) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (balancer_name, balancer) in &self.network.load_balancers {
            for listener in balancer.listeners.values() {
                let ports = self.network.services[name]
                    .target_groups
                    .iter()
                    .filter(|(group, _)| listener.target_groups.contains(group))
                    .map(|(_, port)| *port)
                    .filter(|port| self.port.is_none_or(|own| own == *port));
                for port in ports {
                    let balancer = Place::LoadBalancer(balancer_name.clone());
                    let first = Question {
                        network: self.network,
                        source: self.source,
                        goal: &balancer,
                        port: Some(listener.port),
                    };
                    let second =
                        Question { network: self.network, source: &balancer, goal: self.goal, port: Some(port) };
                    let mut ways = first.direct(from);
                    let one = all(ways.iter().map(|way| way.answer));
                    let other = second.ask(false);
                    ways.extend(other.ways);
                    found.push(Found { answer: one.min(other.answer), ways, through: Some(balancer_name.clone()) });
                }
            }
        }
        found
    }
}

//! Load balancers, their listeners and where those forward to.

use crate::{
    reach::{Listener, LoadBalancer, Network},
    terraform::root::{Attributes, Root},
};

pub(super) fn add(root: &Root, network: &mut Network) {
    for (address, balancer) in root.of("aws_lb").chain(root.of("aws_alb")) {
        if balancer.text("load_balancer_type").is_some_and(|kind| kind != "application") {
            network.unknown.push(format!("`{address}` is no application load balancer"));
            continue;
        }
        let mut described = LoadBalancer {
            internet_facing: !balancer.truth("internal", false),
            subnets: balancer.refer_all("subnets"),
            security_groups: balancer.refer_all("security_groups"),
            listeners: listeners(root, address),
        };
        for mapping in balancer.blocks("subnet_mapping") {
            described.subnets.extend(mapping.refer("subnet_id"));
        }
        network.load_balancers.insert(address.to_owned(), described);
    }
}

fn listeners(root: &Root, balancer: &str) -> crate::reach::Named<Listener> {
    let mut found = crate::reach::Named::new();
    for (address, listener) in root.of("aws_lb_listener") {
        let own = listener.refer("load_balancer_arn").as_deref() == Some(balancer);
        let Some(port) = listener.number("port").filter(|_| own) else { continue };
        let mut target_groups = forwarded(&listener, "default_action");
        for (_, rule) in root.of("aws_lb_listener_rule") {
            if rule.refer("listener_arn").as_deref() == Some(address) {
                target_groups.extend(forwarded(&rule, "action"));
            }
        }
        target_groups.sort();
        target_groups.dedup();
        found.insert(address.to_owned(), Listener { port, target_groups });
    }
    found
}

fn forwarded(of: &Attributes<'_>, actions: &str) -> Vec<String> {
    let mut found = Vec::new();
    for action in of.blocks(actions) {
        found.extend(action.refer("target_group_arn"));
        for forward in action.blocks("forward") {
            for group in forward.blocks("target_group") {
                found.extend(group.refer("arn"));
            }
        }
    }
    found
}

//! Services of ECS, by their names.

use serde_json::Value;

use crate::{
    reach::{Network, Service},
    terraform::root::{Attributes, Root},
};

pub(super) fn add(root: &Root, network: &mut Network) {
    for (address, service) in root.of("aws_ecs_service") {
        let name = service.text("name").unwrap_or_else(|| address.to_owned());
        let Some(place) = service.block("network_configuration") else {
            network.unknown.push(format!("where the tasks of `{address}` are"));
            continue;
        };
        let mut described = Service {
            subnets: place.refer_all("subnets"),
            security_groups: place.refer_all("security_groups"),
            public_ip: place.truth("assign_public_ip", false),
            ports: Vec::new(),
            target_groups: crate::reach::Named::new(),
            images: Vec::new(),
        };
        for balancer in service.blocks("load_balancer") {
            let Some(port) = balancer.number("container_port") else { continue };
            let other = balancer.block("advanced_configuration");
            let other = other.and_then(|other| other.refer("alternate_target_group_arn"));
            for group in balancer.refer("target_group_arn").into_iter().chain(other) {
                described.target_groups.insert(group, port);
            }
        }
        let definition = service.refer("task_definition").and_then(|name| root.get(&name));
        match definition.as_ref().and_then(containers) {
            Some(containers) => containers.iter().for_each(|container| add_container(&mut described, container)),
            None => network.unknown.push(format!("the containers of `{address}`")),
        }
        if network.services.insert(name.clone(), described).is_some() {
            network.unknown.push(format!("which of two services `{name}` is meant: the last is"));
        }
    }
}

fn containers(definition: &Attributes<'_>) -> Option<Vec<Value>> {
    // A reference may stand where JSON wants a number; texts are all that is looked at.
    serde_json::from_str(&definition.text("container_definitions")?).ok()
}

fn add_container(service: &mut Service, container: &Value) {
    let ports = container.get("portMappings").and_then(Value::as_array).into_iter().flatten();
    for port in ports.filter_map(|mapping| mapping.get("containerPort")?.as_u64()) {
        service.ports.extend(u16::try_from(port).ok());
    }
    service.images.extend(container.get("image").and_then(Value::as_str).map(str::to_owned));
}

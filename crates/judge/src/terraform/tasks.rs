//! What the task definitions of a root ask for.

use serde_json::Value;

use super::root::{Attributes, Root};
use crate::{
    needs::{Files, Logs, Secret, Task},
    reach::Network,
};

pub(super) fn tasks(root: &Root, network: &Network) -> Vec<Task> {
    root.of("aws_ecs_service").filter_map(|(address, service)| task(root, network, address, &service)).collect()
}

fn task(root: &Root, network: &Network, address: &str, service: &Attributes<'_>) -> Option<Task> {
    let definition = root.get(&service.refer("task_definition")?)?;
    let text = definition.text("container_definitions")?;
    let containers: Vec<Value> = serde_json::from_str(&text).ok()?;
    let mut task = Task {
        service: service.text("name").unwrap_or_else(|| address.to_owned()),
        execution_role: definition.refer("execution_role_arn"),
        task_role: definition.refer("task_role_arn"),
        deployment_role: deployment_role(service),
        shell: service.truth("enable_execute_command", false),
        files: definition.blocks("volume").iter().filter_map(|volume| files(root, volume)).collect(),
        ..Task::default()
    };
    for container in &containers {
        task.images.extend(container.get("image").and_then(Value::as_str).map(str::to_owned));
        task.logs.extend(logs(root, container));
        task.secrets.extend(members(container, "secrets").filter_map(|secret| self::secret(root, secret)));
    }
    task.peers = peers(root, network, &task.service, &text, &containers);
    Some(task)
}

fn deployment_role(service: &Attributes<'_>) -> Option<String> {
    let balancer = service.block("load_balancer")?;
    balancer.block("advanced_configuration")?.refer("role_arn")
}

fn members<'a>(container: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    container.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn logs(root: &Root, container: &Value) -> Option<Logs> {
    let settings = container.get("logConfiguration")?;
    let option = |name: &str| settings.get("options")?.get(name)?.as_str().map(str::to_owned);
    if settings.get("logDriver")?.as_str()? != "awslogs" {
        return None;
    }
    let group = option("awslogs-group")?;
    let own = root.of("aws_cloudwatch_log_group").find(|(_, own)| own.text("name").as_ref() == Some(&group));
    let key = own.and_then(|(_, own)| root.arn(&own.refer("kms_key_id")?));
    Some(Logs { group, region: option("awslogs-region")?, key })
}

/// `arn:…:secret:NAME-⟦suffix⟧:KEY:STAGE:VERSION`, of which all after the name is left out.
fn secret(root: &Root, written: &Value) -> Option<Secret> {
    let from = written.get("valueFrom")?.as_str()?;
    let mut arn = from.splitn(8, ':').take(7).collect::<Vec<_>>().join(":");
    if let Some(end) = arn.find(".suffix⟧") {
        arn.truncate(end + ".suffix⟧".len());
    }
    let owner = root.of("aws_secretsmanager_secret").find(|(address, _)| root.arn(address).as_ref() == Some(&arn));
    let key = owner.and_then(|(_, secret)| root.arn(&secret.refer("kms_key_id")?));
    Some(Secret { arn, key })
}

fn files(root: &Root, volume: &Attributes<'_>) -> Option<Files> {
    let efs = volume.block("efs_volume_configuration")?;
    let authorization = efs.block("authorization_config");
    let setting = |name: &str| authorization.as_ref().and_then(|settings| settings.text(name));
    let access_point = authorization.as_ref().and_then(|settings| settings.refer("access_point_id"));
    Some(Files {
        file_system: efs.refer("file_system_id")?,
        access_point: access_point.and_then(|address| root.arn(&address)),
        iam: setting("iam").as_deref() == Some("ENABLED"),
        tls: efs.text("transit_encryption").as_deref() == Some("ENABLED"),
    })
}

/// Databases and caches whose attributes are in the settings, and services whose names with a port are.
fn peers(root: &Root, network: &Network, own: &str, text: &str, containers: &[Value]) -> Vec<String> {
    let mut found: Vec<_> =
        network.databases.keys().filter(|name| text.contains(&format!("⟦{name}."))).cloned().collect();
    let values: Vec<_> = containers
        .iter()
        .flat_map(|container| members(container, "environment"))
        .filter_map(|variable| variable.get("value")?.as_str())
        .collect();
    for (_, service) in root.of("aws_ecs_service") {
        let Some(name) = service.text("name").filter(|name| name != own) else { continue };
        let Some(port) = network.services.get(&name).and_then(|service| service.ports.first()) else { continue };
        let aliases = service.blocks("service_connect_configuration").into_iter();
        let aliases = aliases.flat_map(|connect| connect.blocks("service")).flat_map(|one| one.blocks("client_alias"));
        for alias in aliases {
            let (Some(host), Some(asked)) = (alias.text("dns_name"), alias.text("port")) else { continue };
            if values.iter().any(|value| value.contains(&format!("//{host}:{asked}"))) {
                found.push(format!("{name}:{port}"));
            }
        }
    }
    found
}

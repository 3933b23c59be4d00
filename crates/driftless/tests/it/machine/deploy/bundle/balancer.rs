//! A load balancer in front of the services, for the tests whose point it is: Terraform waits a minute for one.

use serde_json::{Value, json};

/// The paths that are forwarded to `service`, with their priority.
pub(super) fn rules(service: &str) -> Value {
    let (priority, paths): (u32, &[&str]) =
        if service == "backend" { (100, &["/api/*", "/api"]) } else { (50_000, &["/*"]) };
    json!([{ "priority": priority, "paths": paths }])
}

/// Adds it to the root of `environment`.
pub(super) fn add(root: &mut Value, environment: &str, services: &[&str]) {
    let name = format!("items-{environment}");
    root["data"]["aws_vpc"] = json!({ "main": { "default": true } });
    let resources = &mut root["resource"];
    resources["aws_security_group"]["loadbalancer"] = json!({
        "name": format!("{name}-loadbalancer"), "description": "From anywhere", "vpc_id": "${data.aws_vpc.main.id}",
        "ingress": [{
            "description": "Visitors", "from_port": 80, "to_port": 80, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"],
            "ipv6_cidr_blocks": [], "prefix_list_ids": [], "security_groups": [], "self": false
        }]
    });
    resources["aws_lb"]["main"] = json!({
        "name": name, "load_balancer_type": "application", "subnets": "${data.aws_subnets.default.ids}",
        "security_groups": ["${aws_security_group.loadbalancer.id}"]
    });
    resources["aws_lb_listener"]["http"] = json!({
        "load_balancer_arn": "${aws_lb.main.arn}", "port": 80, "protocol": "HTTP",
        "default_action": [{
            "type": "fixed-response", "fixed_response": { "content_type": "text/plain", "status_code": "404" }
        }]
    });
    for service in services {
        let group = format!("${{aws_lb_target_group.{service}.arn}}");
        let rule = &rules(service)[0];
        resources["aws_lb_target_group"][service] = json!({
            "name": format!("{name}-{service}"), "port": 8000, "protocol": "HTTP", "target_type": "ip",
            "vpc_id": "${data.aws_vpc.main.id}", "health_check": { "path": "/" }
        });
        resources["aws_lb_listener_rule"][service] = json!({
            "listener_arn": "${aws_lb_listener.http.arn}", "priority": rule["priority"],
            "action": [{ "type": "forward", "target_group_arn": group }],
            "condition": [{ "path_pattern": { "values": rule["paths"] } }]
        });
        resources["aws_ecs_service"][service]["load_balancer"] =
            json!([{ "container_name": service, "container_port": 8000, "target_group_arn": group }]);
        let waits = resources["aws_ecs_service"][service]["depends_on"].as_array_mut().unwrap();
        waits.push(format!("aws_lb_listener_rule.{service}").into());
    }
    root["output"]["application_url"] = json!({ "value": "http://${aws_lb.main.dns_name}" });
}

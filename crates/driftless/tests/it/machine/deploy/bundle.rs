//! Bundles of two services or others, with a load balancer only where it is the point: Terraform waits a minute for one.

mod balancer;

use std::{collections::BTreeMap, fs, path::Path};

use oci::{Compression, ImageSpec};
use serde_json::{Value, json};

use crate::image::fixture::Fixture;

const REGION: &str = "us-east-1";
const SIGNING_KEY: &str = "alias/items/signatures";

/// When a scheduled service is scaled between which numbers of tasks.
const SCHEDULE: [(&str, u32, u32); 2] = [("night", 0, 0), ("morning", 3, 8)];

/// A service, as far as the versions of a project differ in it.
struct Service {
    name: &'static str,
    port: u16,
    secrets: &'static [&'static str],
    /// The least and the most tasks, where Application Auto Scaling decides.
    scaling: Option<(u32, u32)>,
}

/// The services of `version`. Most versions have the same two and differ in the content of their images alone.
fn services(version: &str) -> Vec<Service> {
    let service = |name| Service { name, port: 8000, secrets: &[], scaling: None };
    let backend = || Service { secrets: &["SECRET_KEY"], ..service("backend") };
    let frontend = || service("frontend");
    match version {
        "three-services" => vec![backend(), Service { secrets: &["TOKEN"], ..service("extra") }, frontend()],
        "renamed" => vec![backend(), service("web")],
        "other-port-and-secrets" => {
            vec![Service { secrets: &["OTHER_KEY", "SECRET_KEY"], ..backend() }, Service { port: 9000, ..frontend() }]
        }
        "scaled" | "scheduled" | "scheduled-next" => vec![backend(), Service { scaling: Some((2, 8)), ..frontend() }],
        // Only for its foundation.
        "every-service" => vec![backend(), service("extra"), frontend(), service("web")],
        _ => vec![backend(), frontend()],
    }
}

/// Writes the bundle of `version`.
pub(super) fn write(path: &Path, version: &str, balanced: bool) {
    let services = services(version);
    let fixture = Fixture::tiny();
    let program = fs::read(fixture.path("app")).unwrap();
    let mut images = serde_json::Map::new();
    for Service { name, .. } in &services {
        if built_elsewhere(version, name) {
            let about = python(path, name);
            images.insert((*name).to_owned(), about);
            continue;
        }
        fs::write(fixture.path("app"), [&program, name.as_bytes(), version.as_bytes()].concat()).unwrap();
        let in_go = (version == "go" && *name == "frontend").then(|| crate::up::machine::go::program(fixture.dir()));
        let spec = ImageSpec {
            created: None,
            binary: in_go.flatten().unwrap_or_else(|| fixture.path("app")),
            ca_bundle: fixture.path("ca.crt"),
            platform: None,
            compression: Compression::default(),
            files: std::collections::BTreeMap::new(),
            annotations: BTreeMap::new(),
        };
        let image = oci::build_image(&spec, &path.join("images").join(name)).unwrap();
        let about = json!({ "digest": image.digest, "platform": image.platform.to_string(), "size": image.size });
        images.insert((*name).to_owned(), about);
    }
    let mut stack = stack(version, &services, balanced);
    let demands = version.starts_with("demanding");
    let signs = demands || version.contains("signed");
    if signs {
        stack["foundation"]["signatures"] = json!({ "key": SIGNING_KEY, "required": demands });
    }
    for Service { name, .. } in services.iter().filter(|one| built_elsewhere(version, one.name)) {
        stack["services"][*name]["image"] = json!({ "layout": format!("images/{name}") });
        stack["services"][*name]["user"] = Value::Null;
    }
    document(&path.join("stack.json"), &stack);
    document(&path.join("release.json"), &json!({ "schema": 1, "stack": stack, "images": images }));
    document(&path.join("terraform/foundation/config.tf.json"), &foundation(&services, signs));
    for name in ["dev", "prod"] {
        document(&path.join(format!("terraform/{name}/config.tf.json")), &root(version, name, &services, balanced));
    }
}

/// Whether the service is a web program in Python, in an image of umoci.
fn built_elsewhere(version: &str, name: &str) -> bool {
    version == "python" && name == "frontend"
}

fn python(path: &Path, name: &str) -> Value {
    crate::up::machine::foreign::build(path, &["python"]);
    let layout = path.join("images").join(name);
    fs::rename(path.join("images/python"), &layout).unwrap();
    let layout = oci::Layout::open(&layout).unwrap();
    json!({ "digest": layout.digest(), "platform": layout.platform().to_string(), "size": layout.size() })
}

fn document(path: &Path, value: &Value) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, serde_json::to_vec_pretty(value).unwrap()).unwrap();
}

fn service(Service { name, port, .. }: &Service, secrets: &Value) -> Value {
    let health = json!({
        "path": "/", "interval_seconds": 30, "timeout_seconds": 5, "healthy_threshold": 2, "unhealthy_threshold": 2
    });
    json!({
        "package": name, "command": [], "port": port, "rules": [], "health": health, "environment": {},
        "secrets": secrets, "cpu": 256, "memory": 512, "tasks": 1, "data": null, "stop_timeout_seconds": 30,
        "drain_seconds": 30
    })
}

fn stack(version: &str, services: &[Service], balanced: bool) -> Value {
    let each = |of: &dyn Fn(&Service) -> Value| -> Value {
        services.iter().map(|one| (one.name.to_owned(), of(one))).collect::<serde_json::Map<_, _>>().into()
    };
    let environment = |environment: &str| {
        let deployed = |one: &Service| {
            let name = one.name;
            let container =
                |secret: &&str| ((*secret).to_owned(), json!(format!("items/{environment}/{name}/{secret}")));
            let secrets: serde_json::Map<_, _> = one.secrets.iter().map(container).collect();
            let mut service = service(one, &secrets.into());
            service["service_name"] = name.into();
            service["family"] = format!("items-{environment}-{name}").into();
            service["log_group"] = format!("/ecs/items/{environment}/{name}").into();
            service["repository"] = format!("items/{name}").into();
            service["architecture"] = "x86_64".into();
            if balanced {
                service["rules"] = balancer::rules(name);
            }
            if one.scaling.is_some() && version.starts_with("scheduled") {
                service["schedule"] =
                    SCHEDULE.map(|(name, min, max)| (name, json!({ "min": min, "max": max }))).into_iter().collect();
            }
            service
        };
        json!({
            "region": REGION, "account": "123456789012", "protected": environment == "prod", "strategy": "rolling",
            "provider": ">= 5.100, < 7", "url": null, "cluster": format!("items-{environment}"),
            "services": each(&deployed)
        })
    };
    json!({
        "schema": 2, "project": "items", "services": each(&|one| service(one, &json!(one.secrets))),
        "foundation": { "region": REGION, "repositories": each(&|one| format!("items/{}", one.name).into()) },
        "environments": { "dev": environment("dev"), "prod": environment("prod") }
    })
}

fn terraform(root: &str) -> Value {
    json!({
        "required_version": ">= 1.10",
        "required_providers": { "aws": { "source": "hashicorp/aws", "version": ">= 5.100, < 7" } },
        "backend": { "s3": { "key": format!("{root}.tfstate"), "region": REGION, "use_lockfile": true, "encrypt": true } }
    })
}

fn foundation(services: &[Service], signs: bool) -> Value {
    let repository = |Service { name, .. }: &Service| {
        ((*name).to_owned(), json!({ "name": format!("items/{name}"), "image_tag_mutability": "IMMUTABLE" }))
    };
    let repositories: serde_json::Map<_, _> = services.iter().map(repository).collect();
    let mut resources = json!({ "aws_ecr_repository": repositories });
    if signs {
        resources["aws_kms_key"]["signatures"] =
            json!({ "customer_master_key_spec": "ECC_NIST_P256", "key_usage": "SIGN_VERIFY" });
        resources["aws_kms_alias"]["signatures"] =
            json!({ "name": SIGNING_KEY, "target_key_id": "${aws_kms_key.signatures.key_id}" });
    }
    json!({
        "terraform": terraform("foundation"), "provider": { "aws": provider("foundation") }, "resource": resources
    })
}

/// Few retries: what the simulated account does not know is an error at once, not in minutes.
fn provider(root: &str) -> Value {
    let tags = json!({ "project": "items", "environment": root, "managed-by": "driftless" });
    json!({ "region": REGION, "max_retries": 3, "default_tags": { "tags": tags } })
}

fn root(version: &str, environment: &str, services: &[Service], balanced: bool) -> Value {
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "ecs-tasks.amazonaws.com" }
        }]
    });
    // What ECS needs to start a task.
    let start = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Resource": "*",
            "Action": [
                "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken",
                "ecr:GetDownloadUrlForLayer", "logs:CreateLogStream", "logs:PutLogEvents", "secretsmanager:GetSecretValue"
            ]
        }]
    });
    let mut resources = json!({
        "aws_ecs_cluster": { "main": { "name": format!("items-{environment}") } },
        "aws_iam_role": {
            "execution": {
                "name": format!("items-{environment}-execution"), "path": format!("/driftless/items/{environment}/"),
                "assume_role_policy": trust.to_string()
            }
        },
        "aws_iam_role_policy": {
            "execution": { "name": "start", "role": "${aws_iam_role.execution.name}", "policy": start.to_string() }
        },
        "aws_iam_role_policy_attachments_exclusive": {
            "execution": { "role_name": "${aws_iam_role.execution.name}", "policy_arns": [] }
        }
    });
    for one in services {
        let name = one.name;
        let group = format!("/ecs/items/{environment}/{name}");
        resources["aws_cloudwatch_log_group"][name] = json!({ "name": group, "retention_in_days": 7 });
        for secret in one.secrets {
            resources["aws_secretsmanager_secret"][format!("{name}_{secret}")] =
                json!({ "name": format!("items/{environment}/{name}/{secret}"), "recovery_window_in_days": 0 });
        }
        resources["aws_ecs_task_definition"][name] = json!({
            "family": format!("items-{environment}-{name}"), "network_mode": "awsvpc",
            "requires_compatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
            "execution_role_arn": "${aws_iam_role.execution.arn}", "container_definitions": containers(one, &group),
            // As what Nix renders has it: ECS goes back to what is registered.
            "skip_destroy": version.starts_with("kept")
        });
        resources["aws_ecs_service"][name] = json!({
            "name": name, "cluster": "${aws_ecs_cluster.main.id}", "launch_type": "FARGATE",
            "task_definition": format!("${{aws_ecs_task_definition.{name}.arn}}"),
            "desired_count": format!("${{lookup(var.tasks, \"{name}\", 1)}}"),
            "deployment_circuit_breaker": { "enable": true, "rollback": true },
            "depends_on": ["aws_iam_role_policy.execution"],
            "network_configuration": { "subnets": "${data.aws_subnets.default.ids}", "assign_public_ip": true }
        });
    }
    for (one, (least, most)) in services.iter().filter_map(|one| one.scaling.map(|range| (one, range))) {
        scale(&mut resources, one.name, least, most);
        if version.starts_with("scheduled") {
            schedule(&mut resources, environment, one.name, least, most);
        }
    }
    let mut root = json!({
        "terraform": terraform(environment), "provider": { "aws": provider(environment) },
        "variable": {
            "images": { "type": "map(string)" },
            "tasks": { "type": "map(number)", "default": {} },
            "secret_versions": { "type": "map(string)", "default": {} },
            "ranges": { "type": "map(object({ min = number, max = number }))", "default": {} }
        },
        "data": { "aws_caller_identity": { "current": {} }, "aws_subnets": { "default": {} } },
        "resource": resources,
        "output": { "cluster_name": { "value": "${aws_ecs_cluster.main.name}" } }
    });
    if version == "zoned" {
        zone(&mut root["resource"]);
    }
    if balanced {
        let names: Vec<_> = services.iter().map(|service| service.name).collect();
        balancer::add(&mut root, environment, &names);
    }
    root
}

/// A zone of its own, and a certificate that waits for somebody to delegate to it.
fn zone(resources: &mut Value) {
    let domain = "items.example.com";
    resources["aws_route53_zone"]["main"] = json!({ "name": domain });
    resources["aws_acm_certificate"]["main"] = json!({ "domain_name": domain, "validation_method": "DNS" });
    resources["aws_acm_certificate_validation"]["main"] =
        json!({ "certificate_arn": "${aws_acm_certificate.main.arn}", "depends_on": ["aws_route53_zone.main"] });
    // As a load balancer does: Terraform writes its state when something is done, every 20 seconds at the most.
    resources["terraform_data"]["slow"] = json!({ "provisioner": [{ "local-exec": { "command": "sleep 25" } }] });
}

/// Has Application Auto Scaling decide how many tasks there are, as what Nix renders does.
fn scale(resources: &mut Value, name: &str, least: u32, most: u32) {
    let tasks = |count: u32| format!("${{lookup(var.tasks, \"{name}\", {count})}}");
    resources["aws_ecs_service"][name]["desired_count"] = tasks(least).into();
    resources["aws_ecs_service"][name]["lifecycle"] = json!({ "ignore_changes": ["desired_count"] });
    resources["aws_appautoscaling_target"][name] = json!({
        "min_capacity": tasks(least), "max_capacity": tasks(most), "service_namespace": "ecs",
        "scalable_dimension": "ecs:service:DesiredCount",
        "resource_id": format!("service/${{aws_ecs_cluster.main.name}}/${{aws_ecs_service.{name}.name}}")
    });
}

/// Has the clock decide it, too, as what Nix renders does.
fn schedule(resources: &mut Value, environment: &str, name: &str, least: u32, most: u32) {
    let target = &mut resources["aws_appautoscaling_target"][name];
    for (end, count) in [("min", least), ("max", most)] {
        target[format!("{end}_capacity")] =
            format!("${{lookup(var.tasks, \"{name}\", try(var.ranges[\"{name}\"].{end}, {count}))}}").into();
    }
    target["suspended_state"] = json!({
        "dynamic_scaling_in_suspended": false, "dynamic_scaling_out_suspended": false,
        "scheduled_scaling_suspended": format!("${{contains(keys(var.tasks), \"{name}\")}}")
    });
    for (action, min, max) in SCHEDULE {
        resources["aws_appautoscaling_scheduled_action"][format!("{name}_{action}")] = json!({
            "name": format!("items-{environment}-{name}-{action}"), "schedule": "cron(0 20 * * ? *)",
            "service_namespace": "ecs", "scalable_dimension": "ecs:service:DesiredCount",
            "resource_id": format!("${{aws_appautoscaling_target.{name}.resource_id}}"),
            "scalable_target_action": { "min_capacity": min, "max_capacity": max }
        });
    }
}

fn containers(Service { name, port, secrets, .. }: &Service, group: &str) -> String {
    let secrets = secrets.iter().map(|secret| {
        let arn = format!("${{aws_secretsmanager_secret.{name}_{secret}.arn}}");
        let version = format!("${{lookup(var.secret_versions, \"{name}/{secret}\", \"\")}}");
        format!("{{ name = \"{secret}\", valueFrom = \"{arn}:::{version}\" }}")
    });
    let secrets: Vec<_> = secrets.collect();
    let registry = format!("${{data.aws_caller_identity.current.account_id}}.dkr.ecr.{REGION}.amazonaws.com");
    let options = format!(
        "{{ \"awslogs-group\" = \"{group}\", \"awslogs-region\" = \"{REGION}\", \"awslogs-stream-prefix\" = \"ecs\" }}"
    );
    format!(
        "${{jsonencode([{{ name = \"{name}\", image = \"{registry}/items/{name}@${{var.images[\"{name}\"]}}\", \
         essential = true, secrets = [{}], portMappings = [{{ containerPort = {port}, hostPort = {port}, \
         protocol = \"tcp\" }}], logConfiguration = {{ logDriver = \"awslogs\", options = {options} }} }}])}}",
        secrets.join(", ")
    )
}

//! Bundles of two services, with a load balancer only where it is the point: Terraform waits a minute for one.

mod balancer;

use std::{collections::BTreeMap, fs, path::Path};

use oci::{Compression, ImageSpec};
use serde_json::{Value, json};

use crate::image::fixture::Fixture;

const SERVICES: [&str; 2] = ["backend", "frontend"];
const REGION: &str = "us-east-1";

/// Writes the bundle of `version`.
pub(super) fn write(path: &Path, version: &str, balanced: bool) {
    let fixture = Fixture::tiny();
    let program = fs::read(fixture.path("app")).unwrap();
    let mut images = serde_json::Map::new();
    for service in SERVICES {
        fs::write(fixture.path("app"), [&program, service.as_bytes(), version.as_bytes()].concat()).unwrap();
        let spec = ImageSpec {
            binary: fixture.path("app"),
            ca_bundle: fixture.path("ca.crt"),
            platform: None,
            compression: Compression::default(),
            annotations: BTreeMap::new(),
        };
        let image = oci::build_image(&spec, &path.join("images").join(service)).unwrap();
        let about = json!({ "digest": image.digest, "platform": image.platform.to_string(), "size": image.size });
        images.insert(service.to_owned(), about);
    }
    let stack = stack(balanced);
    document(&path.join("stack.json"), &stack);
    document(&path.join("release.json"), &json!({ "schema": 1, "stack": stack, "images": images }));
    document(&path.join("terraform/foundation/config.tf.json"), &foundation());
    for name in ["dev", "prod"] {
        document(&path.join(format!("terraform/{name}/config.tf.json")), &root(name, balanced));
    }
}

fn document(path: &Path, value: &Value) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, serde_json::to_vec_pretty(value).unwrap()).unwrap();
}

fn secrets(service: &str) -> &'static [&'static str] {
    if service == "backend" { &["SECRET_KEY"] } else { &[] }
}

fn service(name: &str, secrets: &Value) -> Value {
    let health = json!({
        "path": "/", "interval_seconds": 30, "timeout_seconds": 5, "healthy_threshold": 2, "unhealthy_threshold": 2
    });
    json!({
        "package": name, "command": [], "port": 8000, "rules": [], "health": health, "environment": {},
        "secrets": secrets, "cpu": 256, "memory": 512, "tasks": 1, "data": null, "stop_timeout_seconds": 30,
        "drain_seconds": 30
    })
}

fn stack(balanced: bool) -> Value {
    let services = |of: &dyn Fn(&str) -> Value| -> Value {
        SERVICES.iter().map(|name| ((*name).to_owned(), of(name))).collect::<serde_json::Map<_, _>>().into()
    };
    let environment = |environment: &str| {
        let deployed = |name: &str| {
            let container =
                |secret: &&str| ((*secret).to_owned(), json!(format!("items/{environment}/{name}/{secret}")));
            let secrets: serde_json::Map<_, _> = secrets(name).iter().map(container).collect();
            let mut service = service(name, &secrets.into());
            service["service_name"] = name.into();
            service["family"] = format!("items-{environment}-{name}").into();
            service["log_group"] = format!("/ecs/items/{environment}/{name}").into();
            service["repository"] = format!("items/{name}").into();
            service["architecture"] = "x86_64".into();
            if balanced {
                service["rules"] = balancer::rules(name);
            }
            service
        };
        json!({
            "region": REGION, "account": "123456789012", "protected": environment == "prod", "strategy": "rolling",
            "provider": ">= 5.100, < 7", "url": null, "cluster": format!("items-{environment}"),
            "services": services(&deployed)
        })
    };
    json!({
        "schema": 2, "project": "items", "services": services(&|name| service(name, &json!(secrets(name)))),
        "foundation": {
            "region": REGION, "repositories": { "backend": "items/backend", "frontend": "items/frontend" }
        },
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

fn foundation() -> Value {
    let repository = |name: &&str| {
        ((*name).to_owned(), json!({ "name": format!("items/{name}"), "image_tag_mutability": "IMMUTABLE" }))
    };
    let repositories: serde_json::Map<_, _> = SERVICES.iter().map(repository).collect();
    json!({
        "terraform": terraform("foundation"), "provider": { "aws": provider() },
        "resource": { "aws_ecr_repository": repositories }
    })
}

/// Few retries: what the simulated account does not know is an error at once, not in minutes.
fn provider() -> Value {
    json!({ "region": REGION, "max_retries": 3 })
}

fn root(environment: &str, balanced: bool) -> Value {
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "ecs-tasks.amazonaws.com" }
        }]
    });
    let mut resources = json!({
        "aws_ecs_cluster": { "main": { "name": format!("items-{environment}") } },
        "aws_iam_role": {
            "execution": { "name": format!("items-{environment}-execution"), "assume_role_policy": trust.to_string() }
        },
        "aws_secretsmanager_secret": {
            "backend_SECRET_KEY": { "name": format!("items/{environment}/backend/SECRET_KEY"), "recovery_window_in_days": 0 }
        }
    });
    for name in SERVICES {
        let group = format!("/ecs/items/{environment}/{name}");
        resources["aws_cloudwatch_log_group"][name] = json!({ "name": group, "retention_in_days": 7 });
        resources["aws_ecs_task_definition"][name] = json!({
            "family": format!("items-{environment}-{name}"), "network_mode": "awsvpc",
            "requires_compatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
            "execution_role_arn": "${aws_iam_role.execution.arn}", "container_definitions": containers(name, &group)
        });
        resources["aws_ecs_service"][name] = json!({
            "name": name, "cluster": "${aws_ecs_cluster.main.id}", "launch_type": "FARGATE",
            "task_definition": format!("${{aws_ecs_task_definition.{name}.arn}}"),
            "desired_count": format!("${{lookup(var.tasks, \"{name}\", 1)}}"),
            "deployment_circuit_breaker": { "enable": true, "rollback": true },
            "network_configuration": { "subnets": "${data.aws_subnets.default.ids}", "assign_public_ip": true }
        });
    }
    let mut root = json!({
        "terraform": terraform(environment), "provider": { "aws": provider() },
        "variable": {
            "images": { "type": "map(string)" },
            "tasks": { "type": "map(number)", "default": {} },
            "secret_versions": { "type": "map(string)", "default": {} }
        },
        "data": { "aws_caller_identity": { "current": {} }, "aws_subnets": { "default": {} } },
        "resource": resources,
        "output": { "cluster_name": { "value": "${aws_ecs_cluster.main.name}" } }
    });
    if balanced {
        balancer::add(&mut root, environment, &SERVICES);
    }
    root
}

fn containers(name: &str, group: &str) -> String {
    let secrets = secrets(name).iter().map(|secret| {
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
         essential = true, secrets = [{}], portMappings = [{{ containerPort = 8000, hostPort = 8000, protocol = \
         \"tcp\" }}], logConfiguration = {{ logDriver = \"awslogs\", options = {options} }} }}])}}",
        secrets.join(", ")
    )
}

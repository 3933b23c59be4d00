//! The estimator on stacks whose price was worked out by hand.

use serde_json::{Value, json};

use super::{Estimate, Prices, Root, Usage, difference, estimate};

/// A stack of two services behind a load balancer in two zones.
struct Stack {
    tasks: [u32; 2],
    cpu: &'static str,
    memory: &'static str,
    architecture: &'static str,
    public: bool,
    gateways: usize,
    endpoints: usize,
    endpoint_zones: usize,
}

/// The cheapest there is.
const SMALL: Stack = Stack {
    tasks: [1, 1],
    cpu: "256",
    memory: "512",
    architecture: "ARM64",
    public: false,
    gateways: 0,
    endpoints: 0,
    endpoint_zones: 1,
};

impl Stack {
    fn root(&self) -> Root {
        let mut resource = json!({ "aws_lb": { "main": {
            "load_balancer_type": "application",
            "internal": false,
            "subnets": ["${aws_subnet.public_a.id}", "${aws_subnet.public_b.id}"],
        } } });
        for (name, tasks) in ["backend", "frontend"].into_iter().zip(self.tasks) {
            resource["aws_ecs_task_definition"][name] = json!({
                "cpu": self.cpu, "memory": self.memory,
                "runtime_platform": { "cpu_architecture": self.architecture, "operating_system_family": "LINUX" },
            });
            resource["aws_ecs_service"][name] = json!({
                "desired_count": tasks,
                "task_definition": format!("${{aws_ecs_task_definition.{name}.arn}}"),
                "network_configuration": { "assign_public_ip": self.public },
            });
        }
        for gateway in 0..self.gateways {
            let name = format!("gateway_{gateway}");
            resource["aws_eip"][&name] = json!({ "domain": "vpc" });
            resource["aws_nat_gateway"][&name] = json!({ "allocation_id": format!("${{aws_eip.{name}.id}}") });
        }
        resource["aws_vpc_endpoint"]["s3"] = json!({ "vpc_endpoint_type": "Gateway" });
        for endpoint in 0..self.endpoints {
            resource["aws_vpc_endpoint"][format!("interface_{endpoint}")] = json!({ "vpc_endpoint_type": "Interface", "subnet_ids": vec!["${aws_subnet.a.id}"; self.endpoint_zones] });
        }
        root(&json!({ "resource": resource }))
    }

    fn monthly(&self) -> f64 {
        estimated(&self.root()).monthly()
    }
}

fn root(config: &Value) -> Root {
    Root::parse(config.to_string().as_bytes()).unwrap()
}

fn estimated(root: &Root) -> Estimate {
    estimate(root, Prices::built_in(), &Usage::default())
}

fn of(kind: &str, body: &Value) -> Root {
    root(&json!({ "resource": { kind: { "main": body } } }))
}

/// Equal to the cent.
#[track_caller]
fn costs(monthly: f64, expected: f64) {
    assert!((monthly - expected).abs() < 0.0051, "{monthly} is not {expected}");
}

#[test]
fn two_small_tasks_with_public_addresses_cost_forty_five_dollars() {
    costs(Stack { public: true, ..SMALL }.monthly(), 45.44);
}

#[test]
fn larger_tasks_on_x86_64_cost_more() {
    costs(Stack { public: true, cpu: "512", memory: "1024", architecture: "X86_64", ..SMALL }.monthly(), 67.07);
}

#[test]
fn endpoints_are_paid_in_each_zone() {
    costs(Stack { endpoints: 3, ..SMALL }.monthly(), 60.04);
    costs(Stack { endpoints: 3, endpoint_zones: 2, ..SMALL }.monthly(), 81.94);
}

#[test]
fn a_nat_gateway_is_paid_with_its_address() {
    costs(Stack { gateways: 1, ..SMALL }.monthly(), 74.64);
    costs(Stack { gateways: 2, tasks: [2, 2], cpu: "512", memory: "1024", ..SMALL }.monthly(), 154.39);
}

#[test]
fn a_paused_environment_still_costs_its_network() {
    costs(Stack { gateways: 1, tasks: [0, 0], ..SMALL }.monthly(), 60.22);
    costs(Stack { tasks: [0, 0], ..SMALL }.monthly(), 23.73);
}

#[test]
fn the_proof_of_concept_costs_ninety_six_dollars_and_not_sixty_six() {
    let proof = Stack { gateways: 1, cpu: "512", memory: "1024", architecture: "X86_64", ..SMALL };
    costs(proof.monthly(), 96.27);
}

#[test]
fn spot_is_what_is_above_the_base_by_weight() {
    let service = |strategy: Value| {
        root(&json!({ "resource": {
            "aws_ecs_task_definition": { "web": { "cpu": 1024, "memory": 2048 } },
            "aws_ecs_service": { "web": {
                "desired_count": 4,
                "task_definition": "${aws_ecs_task_definition.web.arn}",
                "capacity_provider_strategy": strategy,
            } },
        } }))
    };
    let full = 4.0 * 36.04;
    costs(estimated(&service(json!([]))).monthly(), full);
    let three_of_four = json!([
        { "capacity_provider": "FARGATE", "base": 1, "weight": 0 },
        { "capacity_provider": "FARGATE_SPOT", "weight": 1 },
    ]);
    let estimate = estimated(&service(three_of_four));
    costs(estimate.monthly(), full * (1.0 + 3.0 * 0.3) / 4.0);
    assert!(estimate.lines[0].approximate && estimate.lines[0].what.ends_with("Spot"), "{estimate:?}");
}

#[test]
fn scaling_gives_a_usual_and_a_highest_price() {
    let estimate = estimated(&root(&json!({ "resource": {
        "aws_ecs_task_definition": { "web": { "cpu": "1024", "memory": "2048" } },
        "aws_ecs_service": { "web": {
            "desired_count": "${lookup(var.tasks, \"web\", 1)}",
            "task_definition": "${aws_ecs_task_definition.web.arn}",
        } },
        "aws_appautoscaling_target": { "web": {
            "min_capacity": "${lookup(var.tasks, \"web\", 2)}", "max_capacity": "${lookup(var.tasks, \"web\", 10)}"
        } },
    } })));
    costs(estimate.monthly(), 72.08);
    costs(estimate.at_most(), 360.4);
}

#[test]
fn extra_storage_of_a_task_costs() {
    let task = |storage| {
        root(&json!({ "resource": {
            "aws_ecs_task_definition": { "web": { "cpu": 256, "memory": 512, "ephemeral_storage": storage } },
            "aws_ecs_service": { "web": { "task_definition": "${aws_ecs_task_definition.web.arn}" } },
        } }))
    };
    let more = estimated(&task(json!({ "size_in_gib": 30 }))).monthly() - estimated(&task(Value::Null)).monthly();
    costs(more, 0.81);
}

#[test]
fn databases_are_paid_by_class_copies_and_capacity() {
    let postgres = |multi_az| {
        of(
            "aws_db_instance",
            &json!({ "instance_class": "db.t4g.micro", "allocated_storage": 20, "multi_az": multi_az }),
        )
    };
    costs(estimated(&postgres(false)).monthly(), 13.98);
    costs(estimated(&postgres(true)).monthly(), 27.96);
    let aurora = estimated(&root(&json!({ "resource": {
        "aws_rds_cluster": { "main": {
            "serverlessv2_scaling_configuration": { "min_capacity": 0.5, "max_capacity": 4 }
        } },
        "aws_rds_cluster_instance": {
            "one": { "cluster_identifier": "${aws_rds_cluster.main.id}" },
            "two": { "cluster_identifier": "${aws_rds_cluster.main.id}" },
        },
    } })));
    costs(aurora.monthly(), 87.6);
    costs(aurora.at_most(), 700.8);
}

#[test]
fn what_guards_and_watches_has_its_price() {
    let estimate = estimated(&root(&json!({ "resource": {
        "aws_wafv2_web_acl": { "main": { "rule": [{}, {}, {}] } },
        "aws_cloudwatch_metric_alarm": {
            "plain": { "period": 60 },
            "ratio": { "metric_query": [{ "metric": {} }, { "metric": {} }, { "expression": "a/b" }] },
        },
        "aws_cloudwatch_composite_alarm": { "main": {} },
        "aws_cloudwatch_dashboard": { "main": {} },
        "aws_secretsmanager_secret": { "key": { "for_each": { "a": 1, "b": 2 } } },
        "aws_route53_zone": { "main": {} },
        "aws_kms_key": { "main": { "count": 0 } },
    } })));
    costs(estimate.monthly(), 8.0 + 0.1 + 0.2 + 0.5 + 3.0 + 0.8 + 0.5);
}

#[test]
fn use_is_added_once_however_many_resources_share_it() {
    let stack = Stack { gateways: 2, ..SMALL }.root();
    let usage = Usage { lcu: 2.0, nat_gb: 100.0, ..Usage::default() };
    let more = estimate(&stack, Prices::built_in(), &usage).monthly() - estimated(&stack).monthly();
    costs(more, 11.68 + 4.5);
}

#[test]
fn what_has_no_price_is_named() {
    let estimate = estimated(&of("aws_db_instance", &json!({ "instance_class": "db.x2g.metal" })));
    assert_eq!(estimate.unknown, ["aws_db_instance.main: no price for `db.x2g.metal`"]);
}

#[test]
fn a_change_has_a_price_for_each_resource() {
    let (before, after) = (Stack { public: true, ..SMALL }.root(), Stack { gateways: 1, ..SMALL }.root());
    let step = difference(Some(&before), Some(&after), Prices::built_in(), &Usage::default());
    costs(step.monthly(), 74.64 - 45.44);
    let resources: Vec<_> = step.changes.iter().map(|change| change.resource.as_str()).collect();
    assert_eq!(
        resources,
        ["aws_ecs_service.backend", "aws_ecs_service.frontend", "aws_eip.gateway_0", "aws_nat_gateway.gateway_0"]
    );
    let gone = difference(Some(&after), None, Prices::built_in(), &Usage::default());
    costs(gone.monthly(), -74.64);
}

#[test]
fn nothing_costs_nothing() {
    let nothing = Estimate::default();
    assert_eq!([nothing.monthly(), nothing.at_most()].map(|dollars| format!("{dollars:.2}")), ["0.00", "0.00"]);
}

#[test]
fn files_are_paid_by_what_is_read_written_and_backed_up() {
    let files = |mode: &str, backed_up: &str| {
        let root = root(&json!({ "resource": {
            "aws_efs_file_system": { "main": { "throughput_mode": mode } },
            "aws_efs_backup_policy": { "main": { "backup_policy": { "status": backed_up } } },
        } }));
        let usage = Usage { data_gb: 100.0, files_read_gb: 10.0, files_written_gb: 20.0, ..Usage::default() };
        estimate(&root, Prices::built_in(), &usage).monthly()
    };
    for (mode, backed_up, wanted) in [
        ("elastic", "ENABLED", 100.0 * 0.3 + 10.0 * 0.03 + 20.0 * 0.06 + 100.0 * 0.05),
        ("elastic", "DISABLED", 100.0 * 0.3 + 10.0 * 0.03 + 20.0 * 0.06),
        ("bursting", "DISABLED", 100.0 * 0.3),
    ] {
        let found = files(mode, backed_up);
        assert!((found - wanted).abs() < 1e-9, "{mode} {backed_up}: {found}, {wanted}");
    }
}

#[test]
fn traffic_between_zones_and_the_watch_over_tasks_are_paid() {
    let stack = |guarded: bool| {
        let mut resource = json!({
            "aws_vpc": { "main": {} },
            "aws_ecs_task_definition": { "web": { "cpu": "512", "memory": "1024" } },
            "aws_ecs_service": { "web": { "desired_count": 4, "task_definition": "${aws_ecs_task_definition.web.arn}" } },
        });
        if guarded {
            resource["aws_guardduty_detector_feature"]["runtime"] = json!({ "name": "RUNTIME_MONITORING" });
        }
        let usage = Usage { zones_gb: 50.0, ..Usage::default() };
        estimate(&root(&json!({ "resource": resource })), Prices::built_in(), &usage)
    };
    let (without, with) = (stack(false), stack(true));
    let between: f64 =
        without.lines.iter().filter(|line| line.what == "50 GB between zones").map(|line| line.monthly).sum();
    assert!((between - 1.0).abs() < 1e-9, "{without:?}");
    assert!((with.monthly() - without.monthly() - 2.0 * 1.5).abs() < 1e-9, "{with:?}");
}

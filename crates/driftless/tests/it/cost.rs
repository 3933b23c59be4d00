//! `driftless cost` on the roots of a bundle.

use std::{fs, process::Command};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::image::fixture::{Said, said};

/// A bundle with two environments: one that is cheap, one that is not, in another region.
fn bundle() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, region, large) in [("dev", "us-east-1", false), ("prod", "eu-west-1", true)] {
        let root = directory.path().join("bundle/terraform").join(name);
        fs::create_dir_all(&root).unwrap();
        let config = json!({ "provider": { "aws": { "region": region } }, "resource": resources(large) });
        fs::write(root.join("config.tf.json"), config.to_string()).unwrap();
    }
    directory
}

fn resources(large: bool) -> Value {
    let mut resources = json!({
        "aws_vpc": { "main": {} },
        "aws_lb": { "main": { "subnets": ["${aws_subnet.public_a.id}", "${aws_subnet.public_b.id}"] } },
        "aws_ecs_task_definition": { "web": {
            "cpu": "256", "memory": "512", "runtime_platform": { "cpu_architecture": "ARM64" }
        } },
        "aws_ecs_service": { "web": {
            "desired_count": "${lookup(var.tasks, \"web\", 1)}",
            "task_definition": "${aws_ecs_task_definition.web.arn}",
            "network_configuration": { "assign_public_ip": !large },
        } },
    });
    if large {
        resources["aws_appautoscaling_target"] = json!({ "web": {
            "min_capacity": "${lookup(var.tasks, \"web\", 2)}", "max_capacity": "${lookup(var.tasks, \"web\", 10)}"
        } });
        resources["aws_nat_gateway"] = json!({ "a": {} });
        resources["aws_db_instance"] =
            json!({ "main": { "instance_class": "db.t4g.micro", "allocated_storage": 20, "multi_az": true } });
        resources["aws_elasticache_replication_group"] = json!({ "main": { "node_type": "cache.x1.vast" } });
    }
    resources
}

fn cost(directory: &TempDir, words: &str) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    said(command.current_dir(directory.path()).arg("cost").args(words.split(' ')))
}

#[test]
fn the_price_of_an_environment_is_a_table() {
    let bundle = bundle();
    let dev = cost(&bundle, "--bundle bundle --env dev --out-gb 100 --logs-gb 5");
    let prod = cost(&bundle, "--bundle bundle --env prod");
    assert_eq!((dev.code, &*dev.err, prod.code, &*prod.err), (0, "", 0, ""));
    insta::assert_snapshot!(format!("{}\n{}", dev.out, prod.out));
}

#[test]
fn environments_are_compared_side_by_side() {
    insta::assert_snapshot!(cost(&bundle(), "--bundle bundle --env dev --env prod").out);
}

#[test]
fn a_script_reads_it_as_json() {
    let said = cost(&bundle(), "--bundle bundle --env dev --env prod --json");
    let report: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["environments"][0]["monthly"], 34.58);
    assert_eq!(report["environments"][1]["lines"][0]["resource"], "aws_db_instance.main");
    assert_eq!(report["environments"][1]["lines"][0]["approximate"], true);
    assert_eq!(report["prices"]["region"], "us-east-1");
    assert_eq!(report["schema"], 1);
}

#[test]
fn everything_in_the_roots_of_this_repository_has_a_price() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["cost", "--env", "dev", "--env", "prod", "--json"]);
    let report: Value = serde_json::from_str(&said(&mut command).out).unwrap();
    let [dev, prod] = &report["environments"].as_array().unwrap()[..] else { panic!("{report}") };
    for environment in [dev, prod] {
        assert_eq!(environment["unknown"], json!([]));
        let lines = environment["lines"].as_array().unwrap();
        assert!(lines.iter().any(|line| line["resource"] == "aws_ecs_service.backend"), "{environment}");
    }
    // A small environment is cheap; production has spare parts.
    let monthly = |environment: &Value| environment["monthly"].as_f64().unwrap();
    assert!(monthly(dev) < 60.0 && monthly(prod) > 2.0 * monthly(dev), "{} and {}", monthly(dev), monthly(prod));
}

#[test]
fn an_environment_that_is_not_there_is_an_error_with_those_that_are() {
    let bundle = bundle();
    for name in ["staging", "../terraform/dev"] {
        let said = cost(&bundle, &format!("--bundle bundle --env {name}"));
        assert_eq!((said.code, &*said.out), (2, ""));
        assert!(said.err.contains(name) && said.err.contains("hint:"), "{}", said.err);
        assert!(said.err.contains("`dev`, `prod`"), "{}", said.err);
    }
}

#[test]
fn an_amount_is_a_number_from_zero_upwards() {
    for amount in ["-1", "much", "inf", "NaN"] {
        let said = cost(&bundle(), &format!("--bundle bundle --env dev --lcu={amount}"));
        assert_eq!(said.code, 2);
        assert!(said.err.contains("not a number"), "{}", said.err);
    }
}

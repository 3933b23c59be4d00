//! Rehearsals: of the product as it is, and of one with a mistake.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    built,
    image::fixture::{Said, said},
};

/// What a rehearsal needs of a machine, or none, which was said.
fn terraform() -> Option<PathBuf> {
    testing::any("DRIFTLESS_TERRAFORM", &["terraform", "tofu"])
}

fn rehearse(terraform: &Path, bundle: &Path, page: &Path) -> Said {
    rehearse_with(terraform, bundle, page, &["-e", "dev"])
}

fn rehearse_with(terraform: &Path, bundle: &Path, page: &Path, more: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    command.arg("rehearse").args(more).args(["--json", "--bundle"]).arg(bundle).arg("--html").arg(page);
    command.current_dir(built::workspace()).env("DRIFTLESS_TERRAFORM", terraform);
    let said = said(&mut command);
    println!("{}{}", said.err, said.out);
    said
}

fn step<'a>(report: &'a Value, name: &str) -> &'a Value {
    let steps = report["steps"].as_array().unwrap();
    steps
        .iter()
        .find(|step| step["name"].as_str().unwrap().starts_with(name))
        .unwrap_or_else(|| panic!("{name}: {report}"))
}

#[test]
fn the_product_is_rehearsed_from_an_empty_account_to_an_empty_account() {
    let Some(terraform) = terraform() else { return };
    let directory = tempfile::tempdir().unwrap();
    let page = directory.path().join("report.html");
    let said = rehearse(&terraform, &built::bundle(), &page);
    assert_eq!(said.code, 0);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["passed"], true);
    assert!(step(&report, "a change under load")["detail"].as_str().unwrap().ends_with(" requests, none failed"));
    let crashed = step(&report, "a release that can't start")["detail"].as_str().unwrap();
    assert!(crashed.contains("the program in the image could not be started"), "{crashed}");
    let visited = step(&report, "visitors")["detail"].as_str().unwrap();
    assert!(visited.contains("/docs 200 ") && visited.contains("/ 200 "), "{visited}");
    let ended = report["tasks"].as_array().unwrap().iter().filter(|seen| seen["state"] == "ended");
    assert!(ended.clone().count() > 5);
    assert!(ended.clone().any(|seen| seen["detail"] == "exited with code 0"), "SIGTERM ends tasks in order");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("<svg") && !page.contains("<script") && !page.contains("http://") && !page.contains("src="));
}

#[test]
#[ignore = "takes minutes: ./check long"]
fn an_environment_with_a_domain_is_rehearsed_and_a_protected_one_destroyed() {
    let Some(terraform) = terraform() else { return };
    let directory = tempfile::tempdir().unwrap();
    let said = rehearse_with(&terraform, &built::bundle(), &directory.path().join("report.html"), &["-e", "prod"]);
    assert_eq!(said.code, 0);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(step(&report, "destroy: refused, it is protected")["outcome"], "passed");
    assert_eq!(step(&report, "drift: a change in the console is found")["outcome"], "passed");
}

#[test]
#[ignore = "takes minutes: ./check long"]
fn from_what_serves_to_what_is_new_no_request_fails_and_the_plan_is_in_the_report() {
    let Some(terraform) = terraform() else { return };
    let directory = tempfile::tempdir().unwrap();
    let change = |resources: &mut Value| written(resources, "frontend", r#""value":"75""#, r#""value":"65""#);
    let (new, page) = (mistaken(directory.path(), change), directory.path().join("report.html"));
    let against = built::bundle().display().to_string();
    let said = rehearse_with(&terraform, &new, &page, &["-e", "dev", "--against", &against]);
    assert_eq!(said.code, 0);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    let under_load = step(&report, "deploy: this release, under load")["detail"].as_str().unwrap();
    assert!(under_load.ends_with(" requests, none failed"), "{under_load}");
    let changes = report["changes"].as_array().unwrap();
    let definition = "aws_ecs_task_definition.frontend";
    assert!(changes.iter().any(|one| one["address"] == definition && one["action"] == "replace"), "{changes:?}");
    assert!(fs::read_to_string(page).unwrap().contains(definition));
}

/// A copy of the product's bundle, with `change` made to its configuration of `dev`.
fn mistaken(directory: &Path, change: impl FnOnce(&mut Value)) -> PathBuf {
    let out = directory.join("bundle");
    assert!(Command::new("cp").arg("-r").arg(built::bundle()).arg(&out).status().unwrap().success());
    let path = out.join("terraform/dev/config.tf.json");
    let mut root: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut root["resource"]);
    fs::write(path, root.to_string()).unwrap();
    out
}

/// Writes `to` for `from` in the containers of `service`.
fn written(resources: &mut Value, service: &str, from: &str, to: &str) {
    let definitions = &mut resources["aws_ecs_task_definition"][service]["container_definitions"];
    let text = definitions.as_str().unwrap().replace(from, to);
    assert_ne!(text, definitions.as_str().unwrap());
    *definitions = text.into();
}

fn fails_to_deploy(change: impl FnOnce(&mut Value), cause: &str) {
    let Some(terraform) = terraform() else { return };
    let directory = tempfile::tempdir().unwrap();
    let bundle = mistaken(directory.path(), change);
    let said = rehearse(&terraform, &bundle, &directory.path().join("report.html"));
    assert_eq!(said.code, 1);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    let deploy = step(&report, "deploy");
    assert_eq!((&deploy["outcome"], &report["passed"]), (&Value::from("failed"), &Value::from(false)));
    let detail = deploy["detail"].as_str().unwrap();
    assert!(detail.contains(cause), "{detail}");
    assert_eq!(step(&report, "no task is left")["outcome"], "passed", "whatever happens, it ends in an empty account");
}

#[test]
#[ignore = "takes minutes: ./check long"]
fn a_health_check_that_asks_for_what_is_not_there_fails_the_deployment() {
    let change = |resources: &mut Value| {
        resources["aws_lb_target_group"]["frontend"]["health_check"]["path"] = "/no-such-page".into();
    };
    fails_to_deploy(change, "404");
}

#[test]
#[ignore = "takes minutes: ./check long"]
fn a_program_that_listens_on_another_port_fails_the_deployment() {
    fails_to_deploy(
        |resources| written(resources, "frontend", r#""value":"3000""#, r#""value":"3001""#),
        "health check",
    );
}

#[test]
#[ignore = "takes minutes: ./check long"]
fn an_execution_role_without_its_rights_fails_the_deployment() {
    let change = |resources: &mut Value| {
        let policies = resources["aws_iam_role_policy"].as_object_mut().unwrap();
        let policy = policies.get_mut("frontend_execution").unwrap();
        policy["policy"] = policy["policy"].as_str().unwrap().replace("ecr:BatchGetImage", "ecr:DescribeImages").into();
    };
    fails_to_deploy(change, "ecr");
}

#[test]
fn a_program_that_ends_at_once_fails_the_deployment() {
    fails_to_deploy(|resources| written(resources, "frontend", "http://backend:8000", "no address"), "exit code");
}

#[test]
#[ignore = "takes minutes: ./check long"]
fn a_program_that_writes_to_its_read_only_root_fails_the_deployment() {
    fails_to_deploy(
        |resources| written(resources, "backend", "sqlite:////data/items.db", "sqlite:////elsewhere/items.db"),
        "exit code",
    );
}

/// Takes a resource out, and what waits for it no longer does.
fn without(resources: &mut Value, kind: &str, name: &str) {
    resources[kind].as_object_mut().unwrap().remove(name).unwrap();
    let gone = format!("{kind}.{name}");
    let named =
        resources.as_object_mut().unwrap().values_mut().flat_map(|all| all.as_object_mut().unwrap().values_mut());
    for waits in named.filter_map(|one| one["depends_on"].as_array_mut()) {
        waits.retain(|one| *one != *gone);
    }
}

#[test]
#[ignore = "takes minutes: ./check long"]
fn a_program_that_listens_on_127_0_0_1_alone_fails_the_deployment() {
    let port = r#"{"name":"PORT","#;
    let host = format!(r#"{{"name":"HOST","value":"127.0.0.1"}},{port}"#);
    fails_to_deploy(|resources| written(resources, "frontend", port, &host), "health check");
}

#[test]
#[ignore = "takes minutes: ./check long"]
fn a_security_group_that_is_closed_to_the_load_balancer_fails_the_deployment() {
    let rule = "aws_vpc_security_group_egress_rule";
    fails_to_deploy(|resources| without(resources, rule, "loadbalancer_to_frontend"), "health check");
}

#[test]
#[ignore = "takes minutes: ./check long"]
fn subnets_without_a_route_fail_the_deployment() {
    fails_to_deploy(|resources| without(resources, "aws_route", "public"), "CannotPullContainerError");
}

#[test]
#[ignore = "takes minutes: ./check long"]
fn a_log_group_that_is_not_there_fails_the_deployment() {
    let group = "${aws_cloudwatch_log_group.frontend.name}";
    fails_to_deploy(|resources| written(resources, "frontend", group, "/ecs/other"), "log group");
}

#[test]
#[ignore = "takes minutes: ./check long"]
fn a_load_balancer_in_one_zone_fails_the_deployment() {
    let change = |resources: &mut Value| {
        resources["aws_lb"]["main"]["subnets"].as_array_mut().unwrap().truncate(1);
    };
    fails_to_deploy(change, "subnet");
}

#[test]
#[ignore = "takes minutes: ./check long"]
fn an_image_of_another_processor_fails_the_deployment() {
    let change = |resources: &mut Value| {
        let platform = &mut resources["aws_ecs_task_definition"]["frontend"]["runtime_platform"];
        assert_eq!(platform["cpu_architecture"], "X86_64");
        platform["cpu_architecture"] = "ARM64".into();
    };
    fails_to_deploy(change, "CannotPullContainerError");
}

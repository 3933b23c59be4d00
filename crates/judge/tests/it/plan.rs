//! A plan says what its root says. The fixtures are a root of prod and Terraform's plan of it for an empty account, both without what
//! no question here is about: alarms, the web ACL, certificates, budgets, tags, empty attributes.

use judge::{
    access::Question,
    reach::{Answer, reach},
    terraform::{Described, from_config, from_plan},
};
use serde_json::Value;

fn plan() -> Value {
    serde_json::from_str(include_str!("../fixtures/prod-plan.json")).expect("JSON")
}

fn config() -> Described {
    let root = include_str!("../fixtures/prod-root.json");
    from_config(&serde_json::from_str(root).expect("JSON"), Some("111122223333")).expect("a root")
}

#[test]
fn describes_what_the_root_describes() {
    let (plan, config) = (from_plan(&plan()).expect("a plan"), config());
    assert_eq!(plan.network.unknown, Vec::<String>::new());
    assert_eq!(plan.network.vpcs, config.network.vpcs);
    assert_eq!(plan.network.subnets, config.network.subnets);
    assert_eq!(plan.network.route_tables, config.network.route_tables);
    assert_eq!(plan.network.security_groups, config.network.security_groups);
    assert_eq!(plan.network.network_acls, config.network.network_acls);
    assert_eq!(plan.network.load_balancers, config.network.load_balancers);
    assert_eq!(plan.network.file_systems, config.network.file_systems);
    for places in
        [("internet", "backend:8000"), ("internet", "files"), ("backend", "ecr"), ("frontend", "backend:8000")]
    {
        let answer = |root: &Described| reach(&root.network, places.0, places.1).expect("places").answer;
        assert_eq!(answer(&plan), answer(&config), "{places:?}");
    }
    for (role, action, resource) in [
        ("backend_execution", "logs:PutLogEvents", "aws_cloudwatch_log_group.backend:log-stream:x"),
        ("backend_execution", "logs:PutLogEvents", "aws_cloudwatch_log_group.frontend:log-stream:x"),
        ("backend_task", "kms:Decrypt", "aws_kms_key.main"),
        ("frontend_task", "elasticfilesystem:ClientMount", "aws_efs_file_system.main"),
    ] {
        let question = || Question { role, action, resource, complete: true, ..Question::default() };
        let outcome = |root: &Described| root.account.may(&question()).expect("a role").outcome;
        assert_eq!(outcome(&plan), outcome(&config), "{role} {action} {resource}");
    }
}

#[test]
fn knows_what_the_tasks_of_a_plan_need() {
    let (mut full, config) = (plan(), config());
    let described = from_plan(&full).expect("a plan");
    let services = |root: &Described| root.tasks.iter().map(|task| task.service.clone()).collect::<Vec<_>>();
    assert_eq!(services(&described), services(&config));
    assert_eq!(described.tasks[0].peers, config.tasks[0].peers);
    assert_eq!(described.tasks[0].files, config.tasks[0].files);
    assert_eq!(described.lacking(), []);
    let changes = full["resource_changes"].as_array_mut().expect("changes");
    changes.retain(|change| change["address"] != "aws_route.private_b");
    let lacking = from_plan(&full).expect("a plan").lacking();
    assert!(
        lacking.iter().any(|lack| lack.message
            == "backend reaches ecr.api@us-east-1 in part: the route table `aws_route_table.private_b` of \
                `aws_subnet.private_b` has no route to ecr.api@us-east-1"),
        "{lacking:#?}"
    );
}

#[test]
fn without_its_configuration_a_plan_is_not_judged() {
    let mut plan = plan();
    plan.as_object_mut().expect("an object").remove("configuration");
    let described = from_plan(&plan).expect("a plan");
    assert!(described.network.unknown.iter().any(|what| what.contains("holds no configuration")));
    for (from, to) in [("internet", "loadbalancer"), ("internet", "files"), ("backend", "s3")] {
        let verdict = reach(&described.network, from, to).expect("places");
        assert_ne!(verdict.answer, Answer::Yes, "{}", verdict.message);
    }
}

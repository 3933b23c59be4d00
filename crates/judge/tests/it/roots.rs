//! What this repository's own roots allow.

use std::{fs, path::PathBuf};

use judge::{
    access::{Outcome, Question, Verdict},
    reach::{Answer, reach},
    terraform::{Described, from_config},
};
use serde_json::Value;

pub(crate) const ACCOUNT: &str = "111122223333";

pub(crate) fn nix() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../nix")
}

/// A root as it is rendered.
pub(crate) fn configuration(path: &str) -> Value {
    let file = nix().join(path).join("config.tf.json");
    serde_json::from_str(&fs::read_to_string(&file).expect(path)).expect("JSON")
}

fn root(path: &str) -> Described {
    from_config(&configuration(path), Some(ACCOUNT)).expect("a root")
}

/// All roots of environments.
fn environments() -> Vec<String> {
    all().into_iter().filter(|name| !name.ends_with("/foundation")).collect()
}

/// All roots.
pub(crate) fn all() -> Vec<String> {
    let mut found: Vec<_> = ["dev", "foundation", "prod"].iter().map(|name| format!("rendered/{name}")).collect();
    for stack in fs::read_dir(nix().join("golden/stacks")).expect("stacks").flatten() {
        for root in fs::read_dir(stack.path()).expect("roots").flatten().filter(|root| root.path().is_dir()) {
            let name = root.file_name().to_string_lossy().into_owned();
            found.push(format!("golden/stacks/{}/{name}", stack.file_name().to_string_lossy()));
        }
    }
    found.sort();
    found
}

fn reaches(root: &Described, from: &str, to: &str) -> Answer {
    reach(&root.network, from, to).expect("places").answer
}

fn may(root: &Described, role: &str, action: &str, resource: &str) -> Verdict {
    let question = Question { role, action, resource, complete: true, ..Question::default() };
    root.account.may(&question).expect(role)
}

#[test]
fn every_root_is_described_without_gaps() {
    let mut told: Vec<String> = Vec::new();
    for name in environments() {
        let root = root(&name);
        assert!(!root.network.services.is_empty(), "{name}");
        assert!(!root.network.load_balancers.is_empty(), "{name}");
        for unknown in root.network.unknown {
            told.push(format!("{name}: {unknown}"));
        }
    }
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn the_internet_reaches_the_load_balancer_and_nothing_else() {
    for name in environments() {
        let root = root(&name);
        let facing = reaches(&root, "internet", "loadbalancer");
        let restricted = name.ends_with("-cdn") || name.ends_with("varied/production");
        match name.as_str() {
            "golden/stacks/varied/closed" => assert_eq!(facing, Answer::Partly, "{name}"),
            _ if restricted => assert_eq!(facing, Answer::No, "{name}"),
            _ => assert_eq!(facing, Answer::Yes, "{name}"),
        }
        if restricted {
            assert_eq!(reaches(&root, "cloudfront", "loadbalancer"), Answer::Yes, "{name}");
        }
        for place in root.network.databases.keys().chain(root.network.file_systems.keys()) {
            let verdict = reach(&root.network, "internet", place).expect("places");
            assert_eq!(verdict.answer, Answer::No, "{name}: {}", verdict.message);
        }
    }
}

#[test]
fn services_reach_what_they_need() {
    for name in environments() {
        let root = root(&name);
        for service in root.network.services.keys() {
            for need in ["ecr", "logs"] {
                let verdict = reach(&root.network, service, need).expect("places");
                assert_eq!(verdict.answer, Answer::Yes, "{name}: {}", verdict.message);
            }
        }
    }
    // With HTTPS, prod's backend may ask the load balancer as anybody else may.
    for (name, by_load_balancer) in [("rendered/dev", Answer::No), ("rendered/prod", Answer::Yes)] {
        let root = root(name);
        for (from, to, expected) in [
            ("internet", "backend:8000", Answer::Yes),
            ("internet", "frontend:3000", Answer::Yes),
            ("frontend", "backend:8000", Answer::Yes),
            ("backend", "frontend:3000", by_load_balancer),
            ("backend", "secretsmanager", Answer::Yes),
            ("backend", "files", Answer::Yes),
            ("frontend", "files", Answer::No),
        ] {
            let verdict = reach(&root.network, from, to).expect("places");
            assert_eq!(verdict.answer, expected, "{name}: {}", verdict.message);
        }
    }
}

#[test]
fn a_network_without_a_way_out_says_what_is_lacking() {
    let closed = root("golden/stacks/varied/closed");
    let verdict = reach(&closed.network, "api", "public.ecr.aws").expect("places");
    assert_eq!(verdict.answer, Answer::No);
    assert_eq!(
        verdict.message,
        "api does not reach public.ecr.aws: no egress rule of the security group `aws_security_group.api` allows tcp 443 \
         to public.ecr.aws"
    );
    for (service, expected) in [("secretsmanager", Answer::Yes), ("sqs", Answer::Yes), ("ssm", Answer::No)] {
        assert_eq!(reaches(&closed, "api", service), expected, "{service}");
    }
}

#[test]
fn execution_roles_read_their_own_secrets_pull_their_own_image_and_write_their_own_logs() {
    for name in ["golden/stacks/varied/closed", "golden/stacks/varied/production"] {
        let root = root(name);
        let secrets: Vec<_> =
            root.account.resources.keys().filter(|name| name.contains("secretsmanager")).cloned().collect();
        assert_eq!(secrets.len(), 2, "{name}");
        for secret in &secrets {
            let read = "secretsmanager:GetSecretValue";
            assert_eq!(may(&root, "api_execution", read, secret).outcome, Outcome::Allowed, "{name}: {secret}");
            for other in ["web_execution", "api_task", "web_task"] {
                let verdict = may(&root, other, read, secret);
                assert_eq!(verdict.outcome, Outcome::Denied, "{name}: {}", verdict.message);
            }
        }
        let decrypt = may(&root, "api_execution", "kms:Decrypt", "aws_kms_key.main");
        assert_eq!(decrypt.outcome, Outcome::Allowed, "{decrypt:?}");
        assert_eq!(may(&root, "web_execution", "kms:Decrypt", "aws_kms_key.main").outcome, Outcome::Denied);
    }
    let prod = root("rendered/prod");
    let repository = |service: &str| format!("arn:aws:ecr:us-east-1:{ACCOUNT}:repository/items/{service}");
    for (role, action, resource, expected) in [
        ("backend_execution", "ecr:BatchGetImage", repository("backend"), Outcome::Allowed),
        ("backend_execution", "ecr:BatchGetImage", repository("frontend"), Outcome::Denied),
        ("backend_execution", "ecr:GetAuthorizationToken", "*".to_owned(), Outcome::Allowed),
        (
            "backend_execution",
            "logs:PutLogEvents",
            "aws_cloudwatch_log_group.backend:log-stream:backend/1".to_owned(),
            Outcome::Allowed,
        ),
        (
            "backend_execution",
            "logs:PutLogEvents",
            "aws_cloudwatch_log_group.frontend:log-stream:frontend/1".to_owned(),
            Outcome::Denied,
        ),
        ("frontend_task", "ecr:BatchGetImage", repository("frontend"), Outcome::Denied),
    ] {
        assert_eq!(may(&prod, role, action, &resource).outcome, expected, "{role} {action} {resource}");
    }
}

#[test]
fn roles_of_tasks_are_for_tasks_of_the_account() {
    let prod = root("rendered/prod");
    let take = |role: &str, caller: &str, account: &str| {
        let context = serde_json::from_value(serde_json::json!({
            "aws:SourceAccount": account, "aws:SourceArn": format!("arn:aws:ecs:us-east-1:{account}:task/items-prod/1")
        }));
        let question = Question {
            role,
            action: "sts:AssumeRole",
            context: context.expect("a context"),
            complete: true,
            ..Question::default()
        };
        prod.account.may_take(caller, &question).expect(role).outcome
    };
    for role in ["backend_execution", "backend_task", "frontend_execution", "frontend_task"] {
        assert_eq!(take(role, "ecs-tasks.amazonaws.com", ACCOUNT), Outcome::Allowed);
        assert_eq!(take(role, "ecs-tasks.amazonaws.com", "444455556666"), Outcome::Denied);
        assert_eq!(take(role, "ecs.amazonaws.com", ACCOUNT), Outcome::Denied);
    }
}

#[test]
fn a_policy_that_is_not_here_is_not_taken_for_empty() {
    let canary = root("golden/stacks/strategies/canary");
    let verdict = may(&canary, "deployments", "elasticloadbalancing:ModifyRule", "*");
    assert_eq!(verdict.outcome, Outcome::CannotBeJudged);
    assert_eq!(
        verdict.notes,
        [
            "what the identity-based policy `arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers` says is \
          not known"
        ]
    );
}

#[test]
fn what_must_never_be_is_not() {
    use judge::assertion::{Assertion, Held, Kind};
    for name in environments() {
        let root = root(&name);
        for text in ["internet -> database", "internet -> files", "internet -> cache", "cloudfront -> database"] {
            let finding = Assertion::parse(Kind::Never, text).expect(text).judge(&root.network).expect("places");
            assert_eq!(finding.held, Held::Yes, "{name}: {}", finding.message);
        }
    }
    let prod = root("rendered/prod");
    for (kind, text, held) in [
        (Kind::Must, "internet -> frontend:3000", Held::Yes),
        (Kind::Never, "internet -> frontend:3000", Held::No),
        (Kind::Must, "frontend -> files", Held::No),
    ] {
        let finding = Assertion::parse(kind, text).expect(text).judge(&prod.network).expect("places");
        assert_eq!(finding.held, held, "{}", finding.message);
    }
}

#[test]
fn an_answer_can_be_read_hop_by_hop() {
    let dev = root("rendered/dev");
    let verdict = reach(&dev.network, "internet", "backend:8000").expect("places");
    assert_eq!(verdict.message, "internet reaches backend:8000 through aws_lb.main");
    let told = verdict.to_string();
    for line in [
        "internet -> aws_lb.main:80 in aws_subnet.public_a",
        "  route table `aws_route_table.public`: route `aws_route.public`",
        "  security group: ingress rule `aws_security_group.loadbalancer.ingress[0.0]` of \
         `aws_security_group.loadbalancer`",
        "  security group: ingress rule `aws_security_group.backend.ingress[0.0]` of \
         `aws_security_group.backend`",
    ] {
        assert!(told.lines().any(|own| own == line), "{line}\n{told}");
    }
}

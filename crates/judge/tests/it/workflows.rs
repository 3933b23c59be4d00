//! What the roles of GitHub's workflows must not: each line is somebody who tries.

use std::collections::BTreeMap;

use judge::{
    access::{Outcome, Question, Values},
    terraform::{Described, from_config},
};

use super::roots::{ACCOUNT, configuration};

const ISSUER: &str = "token.actions.githubusercontent.com";
const STATES: &str = "arn:aws:s3:::items-driftless-111122223333-us-east-1";
const ECS: &str = "arn:aws:ecs:us-east-1:111122223333";
const ROLES: &str = "arn:aws:iam::111122223333:role";
const TO_TASKS: Keys<'_> = &[("iam:PassedToService", "ecs-tasks.amazonaws.com")];
const IN_DEV: Keys<'_> = &[("ecs:cluster", "arn:aws:ecs:us-east-1:111122223333:cluster/items-dev")];
const IN_PROD: Keys<'_> = &[("ecs:cluster", "arn:aws:ecs:us-east-1:111122223333:cluster/items-prod")];
const NEW: Keys<'_> = &[("s3:if-none-match", "*")];

/// Condition keys of a request.
type Keys<'a> = &'a [(&'a str, &'a str)];

fn foundation(stack: &str) -> Described {
    from_config(&configuration(&format!("golden/stacks/{stack}/foundation")), Some(ACCOUNT)).expect("a root")
}

/// A release needs no right to change everything: without it, so that nothing else allows what is asked.
fn without_infrastructure(stack: &str) -> Described {
    let mut described = foundation(stack);
    for role in described.account.roles.values_mut() {
        role.identity.remove("infrastructure");
    }
    described
}

fn question<'a>(role: &'a str, action: &'a str, resource: &'a str, keys: Keys<'_>) -> Question<'a> {
    let value = |(key, value): &(&str, &str)| ((*key).to_owned(), Values::One((*value).to_owned()));
    let context: BTreeMap<_, _> = keys.iter().map(value).collect();
    Question { role, action, resource, context, complete: true }
}

fn may(described: &Described, role: &str, action: &str, resource: &str, keys: Keys<'_>) -> Outcome {
    described.account.may(&question(role, action, resource, keys)).expect(role).outcome
}

fn refused(described: &Described, role: &str, attempts: &[(&str, String, Keys<'_>)]) {
    for (action, resource, keys) in attempts {
        assert_eq!(
            may(described, role, action, resource, keys),
            Outcome::Denied,
            "{role}: {action} on {resource}, {keys:?}"
        );
    }
}

/// Whether a run of `example/items` takes a role.
fn takes(role: &str, subject: &str, branch: &str) -> Outcome {
    let provider = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}");
    let (aud, sub, from) = (format!("{ISSUER}:aud"), format!("{ISSUER}:sub"), format!("{ISSUER}:ref"));
    let subject = format!("repo:example/items:{subject}");
    let keys = [(aud.as_str(), "sts.amazonaws.com"), (sub.as_str(), subject.as_str()), (from.as_str(), branch)];
    let asked = question(role, "sts:AssumeRoleWithWebIdentity", "", &keys);
    foundation("workflows").account.may_take(&provider, &asked).expect(role).outcome
}

#[test]
fn a_run_of_main_that_nobody_approved_takes_no_role() {
    const MAIN: &str = "refs/heads/main";
    assert_eq!(takes("deploy_prod", "environment:prod", MAIN), Outcome::Allowed);
    for role in ["deploy_dev", "deploy_prod", "plan"] {
        assert_eq!(takes(role, "ref:refs/heads/main", MAIN), Outcome::Denied, "{role}");
    }
    for (role, subject) in [("deploy_prod", "environment:dev"), ("deploy_dev", "environment:prod")] {
        assert_eq!(takes(role, subject, MAIN), Outcome::Denied, "{role}");
    }
}

#[test]
fn a_branch_that_nobody_merged_takes_no_role_but_that_of_plans() {
    for role in ["deploy_dev", "deploy_prod"] {
        let name = role.trim_start_matches("deploy_");
        for (subject, branch) in [
            (format!("environment:{name}"), "refs/heads/mallory"),
            (format!("environment:{name}"), "refs/pull/7/merge"),
            ("pull_request".to_owned(), "refs/pull/7/merge"),
        ] {
            assert_eq!(takes(role, &subject, branch), Outcome::Denied, "{role}: {subject} of {branch}");
        }
    }
    assert_eq!(takes("plan", "pull_request", "refs/pull/7/merge"), Outcome::Allowed);
}

#[test]
fn who_releases_to_dev_does_not_touch_prod() {
    let described = without_infrastructure("workflows");
    let scaled: Keys<'_> = &[("aws:ResourceTag/environment", "prod"), ("aws:ResourceTag/project", "items")];
    let target = "arn:aws:application-autoscaling:us-east-1:111122223333:scalable-target/abc";
    refused(
        &described,
        "deploy_dev",
        &[
            ("s3:GetObject", format!("{STATES}/prod.tfstate"), &[]),
            ("s3:PutObject", format!("{STATES}/prod.tfstate"), &[]),
            ("s3:PutObject", format!("{STATES}/prod.tfstate"), NEW),
            ("s3:PutObject", format!("{STATES}/prod.tfstate.tflock"), &[]),
            ("s3:DeleteObject", format!("{STATES}/prod.tfstate.tflock"), &[]),
            ("s3:PutObject", format!("{STATES}/releases/prod/00000009.json"), NEW),
            ("s3:GetObject", format!("{STATES}/foundation.tfstate"), &[]),
            ("s3:PutObject", format!("{STATES}/foundation.tfstate"), &[]),
            ("ecs:RegisterTaskDefinition", format!("{ECS}:task-definition/items-prod-backend:1"), &[]),
            ("ecs:RunTask", format!("{ECS}:task-definition/items-prod-backend:1"), IN_PROD),
            ("ecs:RunTask", format!("{ECS}:task-definition/items-prod-backend:1"), IN_DEV),
            ("ecs:RunTask", format!("{ECS}:task-definition/items-dev-backend:1"), IN_PROD),
            ("ecs:UpdateService", format!("{ECS}:service/items-prod/backend"), &[]),
            ("ecs:StopTask", format!("{ECS}:task/items-prod/abc"), &[]),
            ("application-autoscaling:RegisterScalableTarget", target.to_owned(), scaled),
            ("application-autoscaling:RegisterScalableTarget", target.to_owned(), &[]),
            ("iam:PassRole", format!("{ROLES}/driftless/items/prod/items-prod-backend-task"), TO_TASKS),
            (
                "logs:GetLogEvents",
                "arn:aws:logs:us-east-1:111122223333:log-group:/ecs/items/prod/backend:*".to_owned(),
                &[],
            ),
        ],
    );
}

#[test]
fn a_record_is_added_and_never_replaced_or_deleted() {
    let described = foundation("workflows");
    for record in ["releases/prod/00000001.json", "configurations/abc.tf.json"] {
        let record = format!("{STATES}/{record}");
        for role in ["deploy_prod", "deploy_dev", "plan"] {
            refused(
                &described,
                role,
                &[
                    ("s3:PutObject", record.clone(), &[]),
                    ("s3:PutObject", record.clone(), &[("s3:if-match", "etag")]),
                    ("s3:DeleteObject", record.clone(), &[]),
                    ("s3:DeleteObjectVersion", record.clone(), &[]),
                ],
            );
        }
        assert_eq!(may(&described, "deploy_prod", "s3:PutObject", &record, NEW), Outcome::Allowed);
    }
    for kept in ["prod.tfstate", "foundation.tfstate", "foundation.tfstate.tflock"] {
        refused(&described, "deploy_prod", &[("s3:DeleteObject", format!("{STATES}/{kept}"), &[])]);
    }
    refused(&described, "deploy_prod", &[("s3:PutBucketPolicy", STATES.to_owned(), &[])]);
    refused(&described, "deploy_prod", &[("s3:PutBucketVersioning", STATES.to_owned(), &[])]);
}

/// `items` in `dev`, and a project called `items-dev` that is released to `prod`.
#[test]
fn a_project_whose_name_goes_on_where_an_environment_ends_is_somebody_else_s() {
    for (role, described) in [("deploy_dev", foundation("workflows")), ("deploy_prod", foundation("workflows"))] {
        refused(
            &described,
            role,
            &[
                ("iam:PassRole", format!("{ROLES}/driftless/items-dev/prod/items-dev-prod-web-task"), TO_TASKS),
                ("iam:PassRole", format!("{ROLES}/items-dev-prod-web-task"), TO_TASKS),
                ("iam:PutRolePolicy", format!("{ROLES}/driftless/items-dev/prod/items-dev-prod-web-task"), &[]),
                ("iam:UpdateAssumeRolePolicy", format!("{ROLES}/driftless/items-dev/items-dev-prod-deploy"), &[]),
                ("iam:UpdateAssumeRolePolicy", format!("{ROLES}/items-dev-deploy"), &[]),
                (
                    "s3:GetObject",
                    "arn:aws:s3:::items-dev-driftless-111122223333-us-east-1/prod.tfstate".to_owned(),
                    &[],
                ),
                ("s3:DeleteBucket", "arn:aws:s3:::items-dev-driftless-111122223333-us-east-1".to_owned(), &[]),
                ("s3:DeleteBucket", "arn:aws:s3:::items-dev-prod-access-logs-111122223333".to_owned(), &[]),
                (
                    "secretsmanager:PutSecretValue",
                    "arn:aws:secretsmanager:us-east-1:111122223333:secret:items-dev/prod/web/KEY-abcdef".to_owned(),
                    &[],
                ),
            ],
        );
    }
    let described = without_infrastructure("workflows");
    let own: Keys<'_> = &[("aws:ResourceTag/environment", "dev"), ("aws:ResourceTag/project", "items-dev")];
    refused(
        &described,
        "deploy_dev",
        &[
            ("ecs:RegisterTaskDefinition", format!("{ECS}:task-definition/items-dev-prod-web:1"), &[]),
            ("ecs:RunTask", format!("{ECS}:task-definition/items-dev-prod-web:1"), IN_DEV),
            ("ecs:UpdateService", format!("{ECS}:service/items-dev-prod/web"), &[]),
            ("ecs:StopTask", format!("{ECS}:task/items-dev-prod/abc"), &[]),
            ("application-autoscaling:RegisterScalableTarget", "*".to_owned(), own),
        ],
    );
}

/// Those who change everything change the roles of their environment, and give themselves nothing.
#[test]
fn no_role_of_a_workflow_is_changed_by_a_workflow() {
    let described = foundation("workflows");
    for role in ["deploy_dev", "deploy_prod", "plan"] {
        for (of, name) in
            [("deploy_dev", "items-dev-deploy"), ("deploy_prod", "items-prod-deploy"), ("plan", "items-plan")]
        {
            let resource = format!("{ROLES}/driftless/items/{name}");
            for action in [
                "iam:AttachRolePolicy",
                "iam:DeleteRole",
                "iam:PassRole",
                "iam:PutRolePolicy",
                "iam:UpdateAssumeRolePolicy",
            ] {
                assert_eq!(may(&described, role, action, &resource, &[]), Outcome::Denied, "{role}: {action} on {of}");
            }
        }
    }
}

#[test]
fn nobody_gets_a_shell_in_a_task() {
    let described = without_infrastructure("workflows");
    for role in ["deploy_dev", "deploy_prod", "plan"] {
        for resource in ["task/items-dev/abc", "task/items-prod/abc", "cluster/items-dev", "cluster/items-prod"] {
            refused(&described, role, &[("ecs:ExecuteCommand", format!("{ECS}:{resource}"), &[])]);
        }
    }
}

/// `varied` lets pull requests plan `small` alone.
#[test]
fn a_pull_request_reads_the_state_of_what_it_plans_and_no_other() {
    let described = foundation("varied");
    let project = "a-name-of-25-letters-long";
    let bucket = |region: &str| format!("arn:aws:s3:::{project}-driftless-{ACCOUNT}-{region}");
    let stack = super::mutations::stack_of("golden/stacks/varied");
    assert_eq!(stack["project"], project);
    let mut states = 0;
    for (name, environment) in stack["environments"].as_object().expect("environments") {
        let state = format!("{}/{name}.tfstate", bucket(environment["region"].as_str().expect("a region")));
        let expected = if name == "small" { Outcome::Allowed } else { Outcome::Denied };
        assert_eq!(may(&described, "plan", "s3:GetObject", &state, &[]), expected, "{name}");
        states += 1;
    }
    assert!(states > 1);
    let home = stack["foundation"]["region"].as_str().expect("a region");
    refused(&described, "plan", &[("s3:GetObject", format!("{}/foundation.tfstate", bucket(home)), &[])]);
}

//! Releases whose services differ, and the ways between them.

use serde_json::{Value, json};

use super::account::Account;

/// What the simulated account has by a name that begins so: services of ECS, log groups and secrets.
const NAMES: &str = "
def names(service, operation, key, name):
    return [x[name] if name else x for page in account.client(service).get_paginator(operation).paginate() for x in page[key]]
ecs = account.client('ecs')
services = [a.split('/')[-1] for a in ecs.list_services(cluster='items-dev')['serviceArns']]
active = [s['serviceName'] for s in ecs.describe_services(cluster='items-dev', services=services)['services'] if s['status'] == 'ACTIVE']
print(*sorted(active))
print(*sorted(names('logs', 'describe_log_groups', 'logGroups', 'logGroupName')))
print(*sorted(names('secretsmanager', 'list_secrets', 'SecretList', 'Name')))";

#[test]
fn deploy_goes_between_releases_whose_services_differ() {
    let Some(account) = Account::start() else { return };
    account.ready_for("every-service", "dev");
    is_live(&account, "one", "deploy -e dev --yes", 1, &["backend", "frontend"]);
    fails_and_goes_back(&account);
    is_live(&account, "three-services", "deploy -e dev --yes", 3, &["backend", "extra", "frontend"]);

    // From the checkout of the newer release, and from that of the older one.
    is_live(&account, "three-services", "rollback 1 -e dev --yes", 4, &["backend", "frontend"]);
    keeps_what_outlives_a_service(&account);
    is_live(&account, "one", "rollback 3 -e dev --yes", 5, &["backend", "extra", "frontend"]);
    assert_eq!(account.python(NAMES).lines().next(), Some("backend extra frontend"));
    nothing_is_left_to_do(&account, "three-services");

    is_live(&account, "renamed", "deploy -e dev --yes", 6, &["backend", "web"]);
    is_live(&account, "renamed", "rollback -e dev --yes", 7, &["backend", "extra", "frontend"]);
    let set = "secrets set backend/OTHER_KEY -e dev --yes";
    assert!(account.succeeds_with("other-port-and-secrets", set, "another\n").out.contains("the next release"));
    is_live(&account, "other-port-and-secrets", "deploy -e dev --yes", 8, &["backend", "frontend"]);
    is_live(&account, "other-port-and-secrets", "rollback 1 -e dev --yes", 9, &["backend", "frontend"]);
    is_live(&account, "one", "rollback 8 -e dev --yes", 10, &["backend", "frontend"]);
    let last = account.runs_in_checkout("one", "releases -e dev --last 1 --json").out;
    let last: Value = serde_json::from_str(&last).unwrap();
    let versions = last["releases"][0]["variables"]["secret_versions"].as_object().unwrap();
    assert_eq!(versions.keys().collect::<Vec<_>>(), ["backend/OTHER_KEY", "backend/SECRET_KEY"]);
}

/// The release that failed had a service more than the one that ECS and Terraform go back to.
fn fails_and_goes_back(account: &Account) {
    account.succeeds_with("three-services", "secrets set extra/TOKEN -e dev --yes", "a token\n");
    account.outcome("crash");
    let mut deploy = account.begins("three-services", "deploy -e dev --yes");
    deploy.until("applying `dev`: ");
    // That of the release before must be well.
    account.outcome("auto");
    let said = deploy.ends();
    assert_eq!(said.code, 3, "{}", said.err);
    assert!(said.out.starts_with("failed and rolled back: release 2 of `dev`; release 1 serves"), "{}", said.out);
    assert_eq!(account.python(NAMES).lines().next(), Some("backend frontend"));
}

fn keeps_what_outlives_a_service(account: &Account) {
    let there = account.python(NAMES);
    let there: Vec<_> = there.lines().collect();
    assert_eq!(there[0], "backend frontend");
    assert!(there[1].contains("/ecs/items/dev/extra"), "its logs outlive a service: {}", there[1]);
    assert!(there[2].contains("items/dev/extra/TOKEN"), "and so do values that a person gave: {}", there[2]);
}

/// By a bundle of `version`, or from a checkout of it: each of the services is released, watched, checked and recorded, and no other runs.
fn is_live(account: &Account, version: &str, words: &str, number: u32, services: &[&str]) {
    let said = match words.strip_prefix("deploy") {
        Some(_) => account.run(version, words),
        None => account.runs_in_checkout(version, words),
    };
    assert_eq!(said.code, 0, "{words}: {}", said.err);
    assert!(said.out.starts_with(&format!("live: release {number} of `dev`")), "{}", said.out);
    for service in services {
        assert!(said.err.lines().any(|line| line.contains(&format!("  {service} ")) && line.contains("✓ live")));
    }
    let verified = account.runs_in_checkout(version, "verify -e dev --no-drift --json");
    let verified: Value = serde_json::from_str(&verified.out).unwrap();
    assert_eq!((&verified["release"], &verified["agrees"]), (&json!(number), &json!(true)));
    let compared = verified["services"].as_array().unwrap().iter().map(|one| one["service"].as_str().unwrap());
    assert_eq!(compared.collect::<Vec<_>>(), services);
}

fn nothing_is_left_to_do(account: &Account, version: &str) {
    account.succeeds(version, "plan -e dev --detailed-exitcode");
    assert!(account.runs_in_checkout(version, "drift -e dev").out.contains("is as Terraform's state says"));
}

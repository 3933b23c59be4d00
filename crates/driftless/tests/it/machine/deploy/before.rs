//! What is said before time is spent: ahead of a build, or while AWS waits for a person.

use serde_json::json;

use super::account::Account;

/// The project has a stack and nothing to compile, so that a build would fail.
#[test]
fn deploy_looks_at_the_account_before_it_compiles() {
    let Some(account) = Account::start() else { return };
    let unprepared = account.looks("deploy -e dev --yes");
    assert_eq!(unprepared.code, 1);
    let says = "nothing was changed: the account is not ready";
    assert!(unprepared.err.contains(says) && !unprepared.err.contains("compiling"), "{}", unprepared.err);

    account.succeeds("one", "bootstrap -e dev --yes");
    let missing = account.looks("deploy -e dev --yes");
    let says = "`backend/SECRET_KEY` has no value";
    assert!(missing.err.contains(says) && !missing.err.contains("compiling"), "{}", missing.err);

    account.succeeds_with("one", "secrets set backend/SECRET_KEY -e dev --yes", "a value\n");
    let builds = account.looks("deploy -e dev --yes");
    assert!(builds.code == 1 && !builds.err.contains(says), "it comes to the build: {}", builds.err);
}

#[test]
fn deploy_prints_the_name_servers_that_a_certificate_waits_for() {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    let becomes = |status: &str| {
        account.control("certificate", &json!({ "domain": "items.example.com", "status": status }));
    };
    let mut deploy = account.begins("zoned", "deploy -e dev --yes");
    deploy.until("created aws_acm_certificate.main");
    becomes("PENDING_VALIDATION");
    deploy.until("where `items.example.com` is registered, or in the zone above it, point its NS record to ns-");
    becomes("ISSUED");
    let said = deploy.ends();
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("; the certificate waits for that\n"), "{}", said.err);
}

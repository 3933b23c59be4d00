//! A first deployment that failed for a cause outside of the release: once that is repaired, the same command goes on.

use super::account::Account;

#[test]
fn deploy_of_the_same_release_begins_again_after_a_first_deployment_that_failed() {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    account.outcome("crash");
    let failed = account.run("one", "deploy -e dev --yes");
    assert_eq!(failed.code, 4);
    assert!(failed.err.contains("the first deployment failed and was stopped"), "{}", failed.err);
    let again = account.run("one", "deploy -e dev --yes");
    assert_eq!(again.code, 4, "the cause is still there");
    assert!(again.err.contains("`backend`: its last deployment failed or was stopped; ECS begins another"));

    let planned = account.succeeds("two", "plan -e dev");
    assert!(planned.out.contains("; the same cost"), "what exists costs already: {}", planned.out);

    account.outcome("auto");
    let repaired = account.succeeds("one", "deploy -e dev --yes");
    assert!(repaired.out.starts_with("live: release 3 of `dev`"), "{}", repaired.out);
    assert!(!repaired.err.contains(" failed: "), "what failed before is not told again: {}", repaired.err);
    let nothing = account.succeeds("one", "deploy -e dev --yes");
    assert!(nothing.out.starts_with("nothing changed: release 3"), "{}", nothing.out);
    assert!(!nothing.err.contains("ECS begins another"), "{}", nothing.err);
}

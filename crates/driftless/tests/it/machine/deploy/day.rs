//! A day of an environment: deployed, changed by hand, repaired, paused, scaled, rolled back, killed, repaired, and destroyed.

use rustix::process::Signal;

use super::account::Account;

const DIFFERS: i32 = 6;

/// Somebody gives the tasks' role all rights, keeps a log for longer, and runs more tasks.
const BY_HAND: &str = r#"
iam, logs, ecs = account.client("iam"), account.client("logs"), account.client("ecs")
iam.attach_role_policy(RoleName="items-dev-execution", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
logs.put_retention_policy(logGroupName="/ecs/items/dev/backend", retentionInDays=30)
ecs.update_service(cluster="items-dev", service="frontend", desiredCount=3)
"#;

#[test]
#[ignore = "takes minutes: ./check long"]
fn operate_for_a_day_in_which_most_things_go_wrong() {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    is_live(&account, "one", "deploy", 1);
    is_changed_by_hand_and_repaired(&account);
    crashes_and_goes_back(&account);
    is_live(&account, "two", "deploy", 4);
    is_paused_resumed_and_scaled(&account);

    let back = is_live(&account, "two", "rollback", 8);
    assert!(back.contains("back to release 2 (deploy, "), "not to the same images: {back}");
    assert!(account.looks("status -e dev").out.contains("frontend  2/2"), "and the number of tasks stays");
    is_killed_and_goes_on(&account);
    is_as_it_should_be(&account, "three");

    account.succeeds("three", "destroy -e dev --confirm=dev --allow-data-loss");
    let nothing = account.refuses(1, "three", "rollback -e dev --yes");
    assert!(nothing.err.contains("`dev` has no release that serves"), "{}", nothing.err);
}

/// Ends with release `number`; returns what was said on the way.
fn is_live(account: &Account, version: &str, command: &str, number: u32) -> String {
    let said = account.succeeds(version, &format!("{command} -e dev --yes"));
    assert!(said.out.starts_with(&format!("live: release {number} of `dev`")), "{command}: {}", said.out);
    said.err
}

fn is_as_it_should_be(account: &Account, version: &str) {
    account.succeeds(version, "drift -e dev");
    account.succeeds(version, "verify -e dev --no-drift");
    assert_eq!(account.looks("status -e dev").code, 0);
}

fn is_changed_by_hand_and_repaired(account: &Account) {
    account.python(BY_HAND);
    let drift = account.run("one", "drift -e dev");
    assert_eq!(drift.code, DIFFERS);
    for line in [
        "aws_cloudwatch_log_group.backend: retention_in_days 7 -> 30\n",
        "aws_ecs_service.frontend: desired_count 1 -> 3\n",
        "aws_iam_role_policy_attachments_exclusive.execution: policy_arns + `policy/AdministratorAccess`\n",
        "hint: `driftless deploy -e dev` plans the way back\n",
    ] {
        assert!(drift.out.contains(line), "{line}: {}", drift.out);
    }
    is_live(account, "one", "deploy", 2);
    is_as_it_should_be(account, "one");
}

fn crashes_and_goes_back(account: &Account) {
    account.outcome("crash");
    let mut deploy = account.begins("two", "deploy -e dev --yes");
    deploy.until("applying `dev`: ");
    account.outcome("auto");
    let said = deploy.ends();
    assert_eq!(said.code, 3, "{}", said.err);
    assert!(said.out.starts_with("failed and rolled back: release 3 of `dev`; release 2 serves"), "{}", said.out);
}

fn is_paused_resumed_and_scaled(account: &Account) {
    let paused = account.succeeds("two", "pause -e dev --yes").out;
    assert!(paused.starts_with("paused: release 5 of `dev` runs no task\n"), "{paused}");
    let refused = account.refuses(1, "two", "deploy -e dev --yes");
    assert!(refused.err.contains("`dev` is paused"), "{}", refused.err);
    is_live(account, "two", "resume", 6);
    is_live(account, "two", "scale frontend=2", 7);
}

fn is_killed_and_goes_on(account: &Account) {
    let mut deploy = account.begins("three", "deploy -e dev --yes");
    assert!(deploy.until_any(&["  replaced aws_", "  created aws_", "  removed aws_", "  changed aws_"]));
    deploy.signal(Signal::KILL);
    assert_eq!(deploy.ends().code, 137);
    is_live(account, "three", "deploy", 9);
}

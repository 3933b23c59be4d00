//! The life of an environment behind a load balancer, in the hands of those who operate it. It is deployed once, and each
//! part gets a copy of the account.

mod by_hand;
mod drift;
mod looking;
mod rollout;
mod secrets;
mod size;

use std::thread;

use serde_json::json;

use super::account::Account;
use crate::image::fixture::said;

const INVENTORY: &str = "print(*sorted(inventory(account)), sep='\\n')";

/// What is done with a copy of the account, and its name.
type Part = (&'static str, fn(&Account));

#[test]
fn operate_an_environment_behind_a_load_balancer_to_its_end() {
    let Some(account) = Account::start() else { return };
    let account = account.balanced();
    let empty = account.python(INVENTORY);
    account.ready("dev");
    is_live_only_once_it_answers_from_outside(&account);
    account.bundle("two");
    thread::scope(|scope| {
        let parts: [Part; 7] = [
            ("looking", looking::all),
            ("rollout", rollout::all),
            ("size", size::is_changed_and_kept),
            ("drift", drift::is_named),
            ("undone", drift::is_undone_by_one_deployment),
            ("secrets", secrets::are_kept_and_missed),
            ("hand", by_hand::changes_no_verdict),
        ];
        for (name, part) in parts {
            let fork = account.fork(name);
            scope.spawn(move || part(&fork));
        }
    });
    is_destroyed_but_for_what_was_promised(&account, &empty);
}

#[test]
fn operate_from_a_machine_that_does_not_reach_aws_is_told_so() {
    let Some(account) = Account::start() else { return };
    let mut command = account.in_project("status -e dev");
    let said = said(command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1").env_remove("http_proxy"));
    assert_eq!(said.code, 1);
    assert!(said.err.ends_with("\nhint: see whether this machine reaches AWS, and try again\n"), "{}", said.err);
}

fn is_live_only_once_it_answers_from_outside(account: &Account) {
    account.control("fault", &json!({ "match": "^GET /api $", "status": 503, "times": 2 }));
    let mut deploy = account.begins("one", "deploy -e dev --yes");
    deploy.until("backend   ECS is done, still waiting for an answer from outside: `http://items-dev-1.");
    let said = deploy.ends();
    let (before, after) = said.err.split_once("an answer from outside").unwrap();
    assert!(!before.contains("backend   ✓") && after.contains("backend   ✓ live"), "{}", said.err);
    assert_eq!(said.code, 0);
    assert!(said.out.starts_with("live: release 1 of `dev`\nhttp://items-dev-1."), "{}", said.out);
}

fn is_destroyed_but_for_what_was_promised(account: &Account, empty: &str) {
    let refused = account.refuses(1, "one", "destroy -e prod --confirm=prod");
    assert!(refused.err.contains("`prod` is protected; nothing was changed"), "{}", refused.err);
    let refused = account.refuses(1, "one", "destroy -e dev --confirm=prod --allow-data-loss");
    assert!(refused.err.contains("`prod` is not `dev`; nothing was changed"), "{}", refused.err);
    account.refuses(1, "one", "destroy -e dev --allow-data-loss");
    let gone = account.succeeds("one", "destroy -e dev --confirm=dev --allow-data-loss");
    assert!(gone.out.starts_with("`dev` is destroyed\nkept: the state bucket"), "{}", gone.out);
    let left = account.python(INVENTORY);
    let left: Vec<_> = left.lines().filter(|line| !empty.contains(line)).collect();
    assert_eq!(
        left,
        ["ecr items/backend", "ecr items/frontend", "s3 items-driftless-123456789012-us-east-1"],
        "what is left, and was not there before"
    );
}

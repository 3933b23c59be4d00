//! `secrets`, `unlock` and `bootstrap`.

use std::fs;

use serde_json::Value;

use super::super::account::Account;

const BUCKET: &str = "/items-driftless-123456789012-us-east-1";

pub(super) fn are_kept_and_missed(account: &Account) {
    are_listed_where_there_are_none(account);
    let same = account.succeeds_with("one", "secrets set backend/SECRET_KEY -e dev --yes", "a value\n");
    assert!(same.err.contains("secrets SECRET_KEY"), "a value that was set is a new version: {}", same.err);
    assert!(same.out.starts_with("live: release 2 of `dev`"), "{}", same.out);
    assert_eq!(account.succeeds("one", "secrets list -e dev").out, "backend/SECRET_KEY  has a value\n");
    account.succeeds("one", "secrets check -e dev");
    account.refuses(1, "one", "secrets unset backend/OTHER -e dev --yes");
    account.refuses(1, "one", "secrets unset backend/SECRET_KEY -e dev");
    account.succeeds("one", "secrets unset backend/SECRET_KEY -e dev --yes");
    let checked = account.run("one", "secrets check -e dev");
    assert_eq!((checked.code, checked.out.as_str()), (1, "backend/SECRET_KEY  no value\n"));
    let refused = account.refuses(1, "two", "deploy -e dev --yes");
    let says = "`backend/SECRET_KEY` has no value\n        hint: `driftless secrets set backend/SECRET_KEY -e dev`";
    assert!(refused.err.contains(says), "{}", refused.err);
    locks_are_taken_by_their_id(account);
    the_bucket_is_repaired(account);
}

fn are_listed_where_there_are_none(account: &Account) {
    let bundle = account.bundle("without");
    let path = bundle.join("stack.json");
    let mut stack: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    stack["environments"]["dev"]["services"]["backend"]["secrets"] = serde_json::json!({});
    fs::write(path, stack.to_string()).unwrap();
    let none = account.succeeds("without", "secrets list -e dev");
    assert_eq!((none.out.as_str(), none.err.as_str()), ("", "infra.nix has no secrets for `dev`\n"));
    let none: Value = serde_json::from_str(&account.succeeds("without", "secrets list -e dev --json").out).unwrap();
    assert_eq!(none["secrets"], serde_json::json!([]));
    account.succeeds("without", "secrets check -e dev");
}

fn locks_are_taken_by_their_id(account: &Account) {
    assert_eq!(account.succeeds("one", "unlock -e dev").out, "nothing is locked\n");
    let file = account.path("lock-of-somebody");
    let lock = r#"{"ID":"6f0d","Operation":"OperationTypeApply","Info":"","Who":"ci@runner-7","Version":"1.11.4",
                   "Created":"2026-11-25T02:30:12.1Z","Path":"x"}"#;
    fs::write(&file, lock).unwrap();
    account.ask("PUT", &format!("{BUCKET}/dev.tfstate.tflock"), Some(&file));
    let held = "the state of `dev` is locked: `ci@runner-7` has it for `apply` since 2026-11-25T02:30:12Z\n";
    for (words, says) in [
        ("unlock -e dev", "hint: `--confirm=6f0d` answers it"),
        ("unlock -e dev --confirm=beef", "no lock has the id `beef`; nothing was unlocked\nhint: `--confirm=6f0d`"),
    ] {
        let refused = account.refuses(1, "one", words);
        assert!(refused.err.starts_with(held) && refused.err.contains(says), "{}", refused.err);
    }
    let taken = account.succeeds("one", "unlock -e dev --confirm=6f0d");
    assert_eq!((taken.err.as_str(), taken.out.as_str()), (held, "`dev` is unlocked\n"));
    assert_eq!(account.succeeds("one", "unlock -e dev --confirm=6f0d").out, "nothing is locked\n");
}

fn the_bucket_is_repaired(account: &Account) {
    account.python("account.client('s3').delete_public_access_block(Bucket='items-driftless-123456789012-us-east-1')");
    let repaired = account.succeeds("one", "bootstrap -e dev --yes");
    let says = "repaired the state bucket `items-driftless-123456789012-us-east-1`:\n  it is closed to the public\n";
    assert!(repaired.err.contains(says), "{}", repaired.err);
    assert!(!repaired.err.contains("applying"), "{}", repaired.err);
    assert_eq!(repaired.out, "the account is ready for `dev`\nnext: driftless doctor -e dev\n");
}

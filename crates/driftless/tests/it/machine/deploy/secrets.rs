//! Values of several secrets, given at once.

use std::fs;

use serde_json::json;

use super::account::Account;

const VERSION: &str = "other-port-and-secrets";

#[test]
fn secrets_of_a_file_are_made_by_one_plan_and_roll_the_services_once() {
    let Some(account) = Account::start() else { return };
    account.succeeds(VERSION, "bootstrap -e dev --yes");
    fs::write(account.path("secrets.txt"), "# dev\nbackend/OTHER_KEY=one\nbackend/SECRET_KEY=two\n").unwrap();
    let set = "secrets set --from secrets.txt -e dev --yes";
    a_value_that_could_not_be_set_is_said(&account.fork("refused"));

    let made = account.succeeds(VERSION, set);
    assert!(made.err.contains("\n2 to create, 0 to change"), "{}", made.err);
    assert_eq!(made.out, "set: the next release of `dev` gets them\n");
    let listed = account.succeeds(VERSION, "secrets check -e dev").out;
    assert_eq!(listed, "backend/OTHER_KEY   has a value\nbackend/SECRET_KEY  has a value\n");
    account.succeeds(VERSION, "deploy -e dev --yes");

    let rolled = account.succeeds(VERSION, set);
    assert!(rolled.err.contains("secrets OTHER_KEY, SECRET_KEY"), "{}", rolled.err);
    assert!(rolled.out.starts_with("live: release 2 of `dev`"), "{}", rolled.out);
    let kind = account.succeeds(VERSION, "releases -e dev --last 1").out;
    assert!(kind.contains("secret backend/OTHER_KEY, backend/SECRET_KEY"), "{kind}");
    let nobody = account.refuses(1, VERSION, "secrets set backend/OTHER_KEY backend/SECRET_KEY -e dev --yes");
    assert!(nobody.err.ends_with("hint: `--from FILE` answers it\n"), "{}", nobody.err);
    one_that_is_being_deleted_is_said_before_anything_changes(&account);
}

fn one_that_is_being_deleted_is_said_before_anything_changes(account: &Account) {
    let python = |words: &str| account.python(&format!("account.client('secretsmanager').{words}"));
    python("delete_secret(SecretId='items/dev/backend/OTHER_KEY', RecoveryWindowInDays=7)");
    let remedy = "`aws secretsmanager restore-secret --secret-id items/dev/backend/OTHER_KEY --region us-east-1`";
    let says = "`backend/OTHER_KEY` is being deleted";
    for words in ["secrets set --from secrets.txt -e dev --yes", "deploy -e dev --yes"] {
        let refused = account.refuses(1, VERSION, words);
        assert!(refused.err.contains(says) && refused.err.contains(remedy), "{words}: {}", refused.err);
    }
    python("restore_secret(SecretId='items/dev/backend/OTHER_KEY')");
    account.succeeds(VERSION, "secrets set --from secrets.txt -e dev --yes --no-roll");
}

fn a_value_that_could_not_be_set_is_said(account: &Account) {
    let words = "secrets set --from secrets.txt -e dev --yes";
    account.control("fault", &json!({ "match": "PutSecretValue", "status": 403, "code": "AccessDenied", "times": 99 }));
    let failed = account.refuses(4, VERSION, words);
    let says = "error: not every secret has its value yet; run the same command again to continue: ";
    assert!(failed.err.contains(says), "{}", failed.err);
    account.ask("DELETE", "/_rehearsal/fault", None);
    let again = account.succeeds(VERSION, words);
    assert!(!again.err.contains("planning"), "both are there: {}", again.err);
}

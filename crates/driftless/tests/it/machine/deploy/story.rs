//! The life of an environment.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
};

use serde_json::Value;

use super::account::Account;

#[test]
fn deploy_takes_an_environment_from_an_empty_account_to_its_end() {
    let Some(account) = Account::start() else { return };
    let before = account.run("one", "deploy -e dev --yes");
    assert_eq!(before.code, 1);
    assert!(before.err.contains("`driftless bootstrap -e dev`"), "{}", before.err);

    account.ready("dev");
    let again = account.succeeds("one", "bootstrap -e dev --yes");
    assert!(!again.err.contains("made the state bucket") && !again.err.contains("applying"), "{}", again.err);
    account.succeeds("one", "doctor -e dev");

    let first = account.succeeds("one", "deploy -e dev --yes");
    assert!(first.out.contains("live: release 1 of `dev`"), "{}", first.out);
    let second = account.succeeds("one", "deploy -e dev --yes");
    assert!(second.out.contains("nothing changed: release 1 of `dev` is live"), "{}", second.out);

    let verified = account.succeeds("one", "verify -e dev").out;
    assert!(verified.contains("`dev` runs release 1, as it was recorded"), "{verified}");

    goes_back(&account);

    let plan = account.run("two", "plan -e dev --out kept --detailed-exitcode --json");
    assert_eq!(plan.code, 6);
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    assert_eq!(plan["images"][1]["service"], "frontend");
    assert_eq!((&plan["replace"], &plan["destroy"]), (&Value::from(2), &Value::from(0)));
    let exists = account.refuses(1, "two", "plan -e dev --out kept");
    assert!(exists.err.starts_with("error: `kept` exists"), "it is not planned first: {}", exists.err);
    assert!(account.succeeds("two", "apply kept --yes").out.contains("live: release 3"));
    account.succeeds("two", "plan -e dev --out nothing");
    assert!(account.run("two", "apply kept --yes").err.contains("hint:"));

    let back = account.succeeds("two", "rollback -e dev --yes");
    assert!(back.err.contains("back to release 1 (deploy, ") && back.out.contains("live: release 4"), "{}", back.err);
    let moved_on = account.refuses(1, "two", "apply nothing --yes");
    assert!(moved_on.err.contains("release 4 of `dev` was made after this plan"), "{}", moved_on.err);
    let no_further = account.refuses(1, "two", "rollback -e dev --yes");
    assert!(no_further.err.contains("`dev` has no release before 4 with other images"), "{}", no_further.err);
    let releases: Value = serde_json::from_str(&account.succeeds("two", "releases -e dev --json").out).unwrap();
    let kinds: Vec<_> =
        releases["releases"].as_array().unwrap().iter().map(|one| one["kind"]["type"].clone()).collect();
    assert_eq!(kinds, ["rollback", "deploy", "deploy", "deploy"]);
    assert_eq!(releases["releases"][0]["release"]["images"], releases["releases"][3]["release"]["images"]);
    differ(&account);

    account.succeeds_with("one", "secrets set backend/SECRET_KEY -e prod --yes", "another value");
    assert!(account.succeeds("two", "promote dev prod --yes").out.contains("live: release 1 of `prod`"));
    let promoted: Value = serde_json::from_str(&account.succeeds("two", "releases -e prod --json").out).unwrap();
    assert_eq!(promoted["releases"][0]["release"]["images"], releases["releases"][0]["release"]["images"]);

    let refused = account.run("one", "destroy -e dev --confirm=dev");
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("--allow-data-loss"), "{}", refused.err);
    account.succeeds("one", "destroy -e dev --confirm=dev --allow-data-loss");
    assert!(account.succeeds("one", "destroy -e dev --confirm=dev").out.contains("is destroyed already"));
    let releases = account.succeeds("one", "releases -e dev -l 1").out;
    assert!(releases.contains("  destroyed    destroy ") && !releases.contains('*'), "{releases}");
    let drift = account.refuses(1, "one", "drift -e dev");
    assert!(drift.err.contains("`dev` has no release that serves"), "{}", drift.err);
}

/// A release whose tasks crash: ECS goes back, Terraform's state is brought after it, and nothing is left to do.
fn goes_back(account: &Account) {
    account.outcome("crash");
    let mut command = account.command("here", "two", "deploy -e dev --yes");
    let mut deploy = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    for line in BufReader::new(deploy.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        // The deployment has begun; that of the release before must not crash.
        if line.starts_with("applying `dev`: ") {
            account.outcome("auto");
        }
        said = format!("{said}{line}\n");
    }
    let output = deploy.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    println!("{said}{out}");
    assert_eq!(output.status.code(), Some(3), "a rollback is never a success");
    assert!(out.contains("failed and rolled back: release 2 of `dev`; release 1 serves"), "{out}");
    account.succeeds("one", "plan -e dev --detailed-exitcode");
    assert!(account.succeeds("one", "drift -e dev").out.contains("is as Terraform's state says"));
}

/// Two releases, compared down to the files in their images.
fn differ(account: &Account) {
    let difference = account.succeeds("two", "diff 1 3 -e dev").out;
    assert!(difference.contains("image           backend: sha256:"), "{difference}");
    let (_, backend) = difference.split_once("\nimage of backend\n").unwrap();
    assert!(backend.contains("files\n  ~ /bin/app  ") && backend.contains(", other content  layer 2"), "{backend}");
    let document = account.succeeds("two", "diff 1 3 -e dev --json").out;
    let document: Value = serde_json::from_str(&document).unwrap();
    let files = document["contents"]["frontend"]["files"].as_array().unwrap();
    assert_eq!(files.iter().map(|file| &file["path"]).collect::<Vec<_>>(), ["bin/app"]);
    assert!(!account.succeeds("two", "diff 1 3 -e dev --no-files").out.contains("image of"));

    let lost = account.path("lost");
    fs::write(&lost, r#"{"match": "GET /v2/items/backend/manifests/", "status": 404, "times": 1}"#).unwrap();
    account.ask("POST", "/_rehearsal/fault", Some(&lost));
    let difference = account.succeeds("two", "diff 1 3 -e dev").out;
    let (_, backend) = difference.split_once("\nimage of backend\ncould not be compared: ").unwrap();
    assert!(backend.contains("the registry has no image `sha256:") && backend.contains("/bin/app"), "{backend}");
}

//! Records of somebody who may write to the state bucket and nothing more, and a bucket that is somebody else's.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use oci::Digest;
use serde_json::{Value, json};

use super::account::Account;

const BUCKET: &str = "items-driftless-123456789012-us-east-1";

/// Writes `body` to the bucket, as whoever may do that and no more.
fn put(account: &Account, key: &str, body: &[u8]) {
    let file = account.path("object");
    fs::write(&file, body).unwrap();
    account.ask("PUT", &format!("/{BUCKET}/{key}"), Some(&file));
}

/// Writes a configuration, and says what a record calls it.
fn configured(account: &Account, body: &[u8]) -> Digest {
    let digest = Digest::of(body);
    put(account, &format!("configurations/{}.tf.json", digest.hex()), body);
    digest
}

/// Release 1 of `dev`, with these configurations.
fn recorded(account: &Account, configurations: &Value) {
    recorded_with(account, configurations, |_| {});
}

/// The same with a stack that somebody has edited.
fn recorded_with(account: &Account, configurations: &Value, edit: impl FnOnce(&mut Value)) {
    let release = fs::read(account.bundle("one").join("release.json")).unwrap();
    let mut release: Value = serde_json::from_slice(&release).unwrap();
    edit(&mut release["stack"]);
    let record = json!({
        "schema": 1, "number": 1, "environment": "dev", "created_at": "2026-11-29T00:00:00Z",
        "by": "arn:aws:iam::123456789012:user/\u{1b}[2J\u{202e}me", "kind": { "type": "deploy" }, "outcome": "live",
        "revision": "\u{9b}31mabc", "release": release,
        "variables": { "images": {} }, "configurations": configurations
    });
    put(account, "releases/dev/00000001.json", record.to_string().as_bytes());
}

/// A program that says that it ran, and a file of AWS's that names it. Returns what it would make, and the file.
fn trap(account: &Account) -> (PathBuf, PathBuf) {
    let (ran, program, config) = (account.path("ran"), account.path("program"), account.path("config"));
    fs::write(&program, format!("#!/bin/sh\ntouch '{}'\n", ran.display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(&config, format!("[profile evil]\ncredential_process = {}\n", program.display())).unwrap();
    (ran, config)
}

#[test]
fn drift_neither_writes_nor_runs_what_a_record_says() {
    let Some(mut account) = Account::start() else { return };
    let told = account.watch_terraform();
    account.succeeds("one", "bootstrap -e dev --yes");
    fs::remove_file(&told).unwrap();
    let (ran, config) = trap(&account);
    let root = fs::read(account.bundle("one").join("terraform/dev/config.tf.json")).unwrap();
    let mut root: Value = serde_json::from_slice(&root).unwrap();
    root["provider"]["aws"]["shared_config_files"] = json!([config]);
    root["provider"]["aws"]["profile"] = json!("evil");
    let evil = configured(&account, root.to_string().as_bytes());

    let outside = account.path("outside");
    recorded(&account, &json!({ "dev": evil, outside.to_str().unwrap(): evil }));
    let refused = account.refuses(1, "one", "drift -e dev");
    let says = format!(
        "error: reading release 1 of `dev`: it has a configuration `{}`, which is no root of its stack\nhint: the state bucket \
         keeps every version of `releases/dev/00000001.json`: ",
        outside.display()
    );
    assert!(refused.err.contains(&says), "{}", refused.err);

    for (path, value, says) in [
        ("/project", "other", "release 1 of `dev` is of the project `other`, not of `items`"),
        ("/environments/dev/region", "eu-west-1", "the release has `dev` in eu-west-1, but it is in us-east-1"),
        ("/environments/dev/account", "999999999999", "`dev` belongs in account 999999999999"),
    ] {
        recorded_with(&account, &json!({ "dev": evil }), |stack| *stack.pointer_mut(path).unwrap() = value.into());
        for words in ["drift -e dev", "verify -e dev --no-drift"] {
            let refused = account.refuses(1, "one", words);
            assert!(refused.err.contains(says), "{words}, {path}: {}", refused.err);
        }
    }

    recorded(&account, &json!({ "dev": evil }));
    let refused = account.refuses(1, "one", "drift -e dev");
    let says = "error: the configuration of release 1 of `dev` has what is neither rendered from infra.nix nor in the root `dev` \
                here, `provider.aws.profile`, `provider.aws.shared_config_files`; Terraform was not started on it\nhint: ";
    assert!(refused.err.contains(says), "{}", refused.err);
    for words in ["rollback 1 -e dev --yes", "pause -e dev --yes", "destroy -e dev --confirm=dev"] {
        account.refuses(1, "one", words);
    }
    assert!(!outside.exists() && !ran.exists());
    let started = fs::read_to_string(&told).unwrap_or_default();
    assert!(!started.lines().any(|line| line.starts_with("init") || line.starts_with("plan")), "{started}");

    // `run` asserts that nothing is obeyed by a terminal.
    let releases = account.succeeds("one", "releases -e dev").out;
    assert!(releases.contains("\\u001b[2J\\u202eme") && releases.contains("\\u009b31m"), "{releases}");
    let releases = account.succeeds("one", "releases -e dev --json").out;
    assert!(!releases.contains(['\u{9b}', '\u{202e}']), "{releases}");
    let releases: Value = serde_json::from_str(&releases).unwrap();
    assert_eq!(releases["releases"][0]["revision"], "\u{9b}31mabc");
}

#[test]
fn deploy_has_nothing_to_do_with_a_bucket_that_somebody_else_made_first() {
    let Some(account) = Account::start() else { return };
    account.control("bucket", &json!({ "bucket": BUCKET }));
    let says =
        format!("the bucket `{BUCKET}` is not one of account 123456789012, or not one that these credentials may list");
    for words in ["bootstrap -e dev --yes", "deploy -e dev --yes", "releases -e dev"] {
        let refused = account.refuses(1, "one", words);
        assert!(refused.err.contains(&says), "{words}: {}", refused.err);
    }
    let doctor = account.run("one", "doctor -e dev");
    assert!(doctor.code == 1 && doctor.out.contains(&says), "{}", doctor.out);
    let theirs = format!("releases -e dev --state-bucket 999999999999/{BUCKET}");
    assert!(account.succeeds("one", &theirs).out.starts_with("`dev` has no releases"), "where that is meant");
}

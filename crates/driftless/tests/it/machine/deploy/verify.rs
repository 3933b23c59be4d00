//! What runs, held against what was released.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use serde_json::{Value, json};

use super::account::Account;
use crate::image::fixture::{Said, said};

/// Exit code of a difference.
const DIFFERS: i32 = 6;

#[test]
fn deploy_is_verified_against_the_record_whatever_ecs_was_asked_for() {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    let nothing = account.run("one", "verify -e dev");
    assert_eq!(nothing.code, 1);
    assert!(nothing.err.contains("no release that serves") && nothing.err.contains("hint:"), "{}", nothing.err);
    account.succeeds("one", "deploy -e dev --yes");
    let unknown = account.run("one", "verify -e dev --no-drift --rebuild");
    assert_eq!(unknown.code, 1);
    assert!(unknown.err.contains("the record of release 1 has no revision\nhint:"), "{}", unknown.err);
    account.succeeds("two", "deploy -e dev --yes");

    let agrees: Value = serde_json::from_str(&account.succeeds("two", "verify -e dev --json").out).unwrap();
    assert_eq!((&agrees["agrees"], &agrees["release"]), (&json!(true), &json!(2)));
    assert_eq!(agrees["infrastructure"], json!([]));
    let other = account.run("one", "verify -e dev --no-drift");
    assert_eq!(other.code, DIFFERS);
    assert!(other.out.contains("DIFFERENT  the bundle has `sha256:"), "{}", other.out);
    // A rollback to what runs would help nobody.
    assert!(other.out.contains("as it was recorded; what it was compared with is another one\nhint: `driftless plan"));

    points_elsewhere(&account, "backend", &digest(&account, "one", "backend"));
    let differs = account.run("two", "verify -e dev --no-drift");
    assert_eq!(differs.code, DIFFERS);
    let (backend, frontend) = differs.out.split_once("✓ frontend").unwrap();
    assert!(backend.starts_with("✗ backend"), "{backend}");
    let named = format!("DIFFERENT  the service's task definition names `{}`", digest(&account, "one", "backend"));
    assert!(backend.contains(&named), "{backend}");
    assert!(frontend.contains("`dev` differs from release 2\nhint: `driftless rollback 2 -e dev`"), "{frontend}");
    // The same image in another task definition is a matter of the infrastructure.
    points_elsewhere(&account, "backend", &digest(&account, "two", "backend"));
    let differs: Value = serde_json::from_str(&account.run("two", "verify -e dev --json").out).unwrap();
    assert_eq!(differs["agrees"], false);
    assert_eq!(differs["infrastructure"][0]["address"], "aws_ecs_service.backend");
}

#[test]
fn deploy_is_verified_by_building_its_revision_again() {
    let Some(account) = Account::start() else { return };
    let Some(tools) = testing::found(&["git"]) else { return };
    let git = tools[0].parent().unwrap();
    account.ready("dev");
    let revision = repository(account.directory());
    account.succeeds("one", &format!("deploy -e dev --yes --revision {revision}"));

    let rebuild = |script: Option<&str>| rebuild(&account, git, script);
    let prints = |version: &str| format!("echo \"$@\" >&2; echo {}", account.bundle(version).display());
    let same = rebuild(Some(&prints("one")));
    assert_eq!(same.code, 0, "{}{}", same.err, same.out);
    assert!(same.out.contains(&format!("same       revision `{revision}` builds the same")), "{}", same.out);
    let source = format!("build --no-link --print-out-paths git+file://{}", account.directory().display());
    assert!(same.err.contains(&source) && same.err.contains(&format!("?rev={revision}#bundle")), "{}", same.err);

    let other = rebuild(Some(&prints("two")));
    assert_eq!(other.code, DIFFERS);
    let built = format!("DIFFERENT  revision `{revision}` builds `{}`", digest(&account, "two", "frontend"));
    assert!(other.out.contains(&built), "{}", other.out);

    for (script, says) in [
        (Some("echo 'error: no attribute' >&2; exit 1"), "`nix` ended with exit status: 1\nhint:"),
        (Some("true"), "`nix` named no result"),
        (None, "there is no `nix` on PATH\nhint:"),
    ] {
        let refused = rebuild(script);
        assert_eq!(refused.code, 1, "{says}");
        assert!(refused.err.contains(says), "{says}: {}", refused.err);
    }
    fs::remove_dir_all(account.path(".git")).unwrap();
    assert!(rebuild(None).err.contains("is in no checkout of Git\nhint:"));
    repository(account.directory());
    assert!(rebuild(None).err.contains(&format!("has no commit `{revision}`\nhint:")));
}

/// `verify --rebuild` where `script` is the `nix` on `PATH`, if anything.
fn rebuild(account: &Account, git: &Path, script: Option<&str>) -> Said {
    let programs = account.path("programs");
    let _ = fs::remove_dir_all(&programs);
    fs::create_dir(&programs).unwrap();
    std::os::unix::fs::symlink(git.join("git"), programs.join("git")).unwrap();
    if let Some(script) = script {
        let nix = programs.join("nix");
        fs::write(&nix, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&nix, fs::Permissions::from_mode(0o755)).unwrap();
    }
    said(account.command("here", "one", "verify -e dev --no-drift --rebuild").env("PATH", programs))
}

/// Makes a project of `directory`, with nothing in it that the tests change; returns its commit, unlike any before.
fn repository(directory: &Path) -> String {
    let git = |words: &[&str]| {
        let identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
        let said = said(Command::new("git").arg("-C").arg(directory).args(identity).args(words));
        assert_eq!(said.code, 0, "{words:?}: {}", said.err);
        said.out.trim().to_owned()
    };
    let flake = directory.join("flake.nix");
    let before = fs::read_to_string(&flake).unwrap_or_default();
    fs::write(flake, format!("{before}{{ }}\n")).unwrap();
    fs::write(directory.join(".gitignore"), "*\n!flake.nix\n").unwrap();
    git(&["init", "-q"]);
    git(&["add", "flake.nix"]);
    git(&["commit", "-q", "-m", "one"]);
    git(&["rev-parse", "HEAD"])
}

fn digest(account: &Account, version: &str, service: &str) -> String {
    let release = fs::read(account.bundle(version).join("release.json")).unwrap();
    let release: Value = serde_json::from_slice(&release).unwrap();
    release["images"][service]["digest"].as_str().unwrap().to_owned()
}

/// Has ECS run another task definition, as somebody would in the console.
fn points_elsewhere(account: &Account, service: &str, digest: &str) {
    let image = format!("123456789012.dkr.ecr.us-east-1.amazonaws.com/items/{service}@{digest}");
    let family = format!("items-dev-{service}-by-hand");
    let definition = json!({
        "family": family, "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256",
        "memory": "512", "executionRoleArn": "arn:aws:iam::123456789012:role/driftless/items/dev/items-dev-execution",
        "containerDefinitions": [{ "name": service, "image": image, "essential": true }]
    });
    account.ecs("RegisterTaskDefinition", &definition);
    account.ecs("UpdateService", &json!({ "cluster": "items-dev", "service": service, "taskDefinition": family }));
}

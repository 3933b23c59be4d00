//! `driftless bundle` of images that are there already.

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};

use crate::image::fixture::{Fixture, Said, said};

/// A fixture with the image `out` and a stack of these services.
fn fixture(services: &[&str]) -> (Fixture, Value) {
    let fixture = Fixture::tiny();
    let image = fixture.build("out", "");
    let services: serde_json::Map<_, _> = services.iter().map(|name| ((*name).to_owned(), service())).collect();
    let stack = json!({ "schema": 2, "project": "items", "services": services });
    fs::write(fixture.path("stack.json"), stack.to_string()).unwrap();
    (fixture, image)
}

fn service() -> Value {
    let health = json!({
        "path": "/", "interval_seconds": 30, "timeout_seconds": 5, "healthy_threshold": 2, "unhealthy_threshold": 2
    });
    json!({
        "package": "app", "port": 8000, "rules": [], "health": health, "cpu": 256, "memory": 512, "tasks": 1,
        "stop_timeout_seconds": 30, "drain_seconds": 30
    })
}

fn bundle(directory: &Path, words: &str) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    said(command.current_dir(directory).args(["bundle", "--out", "bundle"]).args(words.split(' ')))
}

#[test]
fn a_bundle_is_made_of_images_that_were_built_before() {
    let (fixture, image) = fixture(&["api", "web"]);
    let said = bundle(fixture.dir(), "--stack stack.json --image api=out --image web=out --json");
    assert_eq!((said.code, &*said.err), (0, ""));
    let release: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(release["images"]["web"]["digest"], image["digest"]);
    assert_eq!(release["images"]["api"]["size"], image["size"]);
    assert_eq!(fixture.image("verify bundle/images/api").code, 0);
    assert_eq!(
        release,
        serde_json::from_slice::<Value>(&fs::read(fixture.path("bundle/release.json")).unwrap()).unwrap()
    );
}

#[test]
fn images_and_services_must_be_the_same() {
    let (fixture, _) = fixture(&["api", "web"]);
    for (words, says) in [
        ("--stack stack.json --image api=out", "service `web` has no image"),
        ("--stack stack.json --image api=out --image web=out --image db=out", "image `db` has no service"),
        ("--stack stack.json --image api=out --image api=out", "names the service `api` twice"),
    ] {
        let said = bundle(fixture.dir(), words);
        assert_eq!(said.code, 1);
        assert!(said.err.contains(says), "{}", said.err);
        assert!(!fixture.path("bundle").exists());
    }
}

#[test]
fn the_terraform_roots_come_along() {
    let (fixture, _) = fixture(&["api"]);
    let mut stack: Value = serde_json::from_slice(&fs::read(fixture.path("stack.json")).unwrap()).unwrap();
    stack["foundation"] = json!({ "region": "us-east-1", "repositories": { "api": "items/api" } });
    fs::write(fixture.path("stack.json"), stack.to_string()).unwrap();
    let said = bundle(fixture.dir(), "--stack stack.json --image api=out");
    assert_eq!(said.code, 1);
    assert!(said.err.contains("the Terraform root `foundation`") && said.err.contains("hint:"), "{}", said.err);

    fs::create_dir(fixture.path("foundation")).unwrap();
    fs::write(fixture.path("foundation/config.tf.json"), "{}").unwrap();
    assert_eq!(bundle(fixture.dir(), "--stack stack.json --image api=out").code, 0);
    assert_eq!(fs::read_to_string(fixture.path("bundle/terraform/foundation/config.tf.json")).unwrap(), "{}");
}

#[test]
fn a_damaged_image_is_refused() {
    let (fixture, _) = fixture(&["api"]);
    fs::write(fixture.path("out/stray"), "").unwrap();
    let said = bundle(fixture.dir(), "--stack stack.json --image api=out");
    assert_eq!(said.code, 1);
    assert!(said.err.contains("verifying the image of `api`") && said.err.contains("stray"), "{}", said.err);
    assert!(!fixture.path("bundle").exists());
}

/// A check of the flake compares the images that Nix builds with the same file.
#[test]
fn the_base_layer_is_the_one_that_nix_builds() {
    let fixture = Fixture::tiny();
    fs::write(fixture.path("ca.crt"), fixture.image("ca-bundle").out).unwrap();
    fixture.build("out", "");
    let inspection: Value = serde_json::from_str(&fixture.image("inspect --json out").out).unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../nix/golden/base-layer");
    assert_eq!(inspection["layers"][0]["digest"], fs::read_to_string(golden).unwrap().trim_end());
}

#[test]
fn variables_name_the_bundle_and_the_data_for_commands_that_are_not_told() {
    let elsewhere = tempfile::tempdir().unwrap();
    let said = |arguments: &[&str], variable: &str, value: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
        let output = command.args(arguments).env(variable, value).current_dir(&elsewhere).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, told) = said(&["status"], "DRIFTLESS_DATA", "data");
    assert!(code == Some(7) && told.contains("nothing runs"), "{told}");
    let mut commands = vec![&["up", "--data", "data"][..]];
    if cfg!(feature = "registry") {
        commands.push(&["push", "--registry", "registry.example"]);
    }
    for arguments in commands {
        let (code, told) = said(arguments, "DRIFTLESS_BUNDLE", "a-bundle");
        assert!(code == Some(1) && told.contains("a-bundle"), "{told}");
    }
}

/// A project of services whose images are no programs of Cargo, without a workspace.
#[test]
fn without_nix_layouts_in_the_project_are_taken_as_they_are_and_closures_are_not() {
    let (fixture, image) = fixture(&["web"]);
    // As others have it: an index, and what an image of one program may not be.
    let layout = fixture.path("images/web");
    fs::create_dir(fixture.path("images")).unwrap();
    fs::rename(fixture.path("out"), &layout).unwrap();
    fs::write(layout.join("of-another-tool"), "").unwrap();
    fs::create_dir_all(fixture.path("nix/rendered")).unwrap();
    let mut stack: Value = serde_json::from_slice(&fs::read(fixture.path("stack.json")).unwrap()).unwrap();
    let mut bundled = |source: Value, more: (&str, Value)| {
        stack["services"]["web"]["image"] = source;
        stack["services"]["web"][more.0] = more.1;
        fs::write(fixture.path("nix/rendered/stack.json"), stack.to_string()).unwrap();
        bundle(fixture.dir(), "--json")
    };
    let nothing = || ("user", Value::Null);
    let taken = bundled(json!({ "layout": "images/web" }), nothing());
    assert_eq!(taken.code, 0, "{taken:?}");
    let release: Value = serde_json::from_str(&taken.out).unwrap();
    assert_eq!(release["images"]["web"]["digest"], image["digest"]);
    assert!(!fixture.path("bundle/images/web/of-another-tool").exists());

    let missing = bundled(json!({ "layout": "images/other" }), nothing());
    assert!(missing.code == 1 && missing.err.contains("copying image `web`"), "{missing:?}");
    for (source, more, says) in [
        (json!("nix"), nothing(), "the image of `web` is built by Nix alone\nhint: `nix run .#up`"),
        (json!("program"), ("time_zones", json!(true)), "for its time zones, of `web` is built by Nix alone"),
    ] {
        let refused = bundled(source, more);
        assert!(refused.code == 1 && refused.err.contains(says), "{refused:?}");
    }
    let pending = bundled(json!({ "reference": format!("127.0.0.1:9/web@sha256:{}", "0".repeat(64)) }), nothing());
    let release: Value = serde_json::from_str(&pending.out).unwrap();
    assert_eq!(release["images"], json!({}), "{pending:?}");
}

//! What Cargo builds carries what it was compiled from, and is the same wherever it is built.

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};

use crate::image::fixture::run;

/// A project of one service, whose program is of two packages.
fn project(directory: &Path) {
    let write = |name: &str, text: &str| {
        let path = directory.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let package = |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"1.2.3\"\nedition = \"2024\"\n");
    write(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"web\", \"pages\"]\n[profile.image]\ninherits = \"dev\"\n",
    );
    write("web/Cargo.toml", &(package("web") + "[dependencies]\npages = { path = \"../pages\" }\n"));
    write("web/src/main.rs", "fn main() { println!(\"{}\", pages::page()); }");
    write("pages/Cargo.toml", &package("pages"));
    write("pages/src/lib.rs", "pub fn page() -> &'static str { \"hello\" }");
    let health = json!({
        "path": "/", "interval_seconds": 30, "timeout_seconds": 5, "healthy_threshold": 2, "unhealthy_threshold": 2
    });
    let service = json!({
        "package": "web", "port": 8000, "rules": [], "health": health, "cpu": 256, "memory": 512, "tasks": 1,
        "stop_timeout_seconds": 30, "drain_seconds": 30
    });
    let stack = json!({ "schema": 2, "project": "items", "services": { "web": service } });
    write("nix/rendered/stack.json", &stack.to_string());
    run(Command::new(env!("CARGO")).args(["generate-lockfile", "--offline", "--quiet"]).current_dir(directory));
}

/// The digest of its image, and the list in its program.
fn built(directory: &Path) -> (String, Value) {
    project(directory);
    let mut bundle = Command::new(env!("CARGO_BIN_EXE_driftless"));
    bundle.args(["bundle", "--out", "bundle", "--json"]).current_dir(directory).env_remove("CARGO_TARGET_DIR");
    let release: Value = serde_json::from_str(&run(&mut bundle)).unwrap();
    let layout = oci::Layout::open(&directory.join("bundle/images/web")).unwrap();
    let list = oci::dependencies(&layout).unwrap().expect("the program carries a list");
    (release["images"]["web"]["digest"].as_str().unwrap().to_owned(), serde_json::from_slice(&list).unwrap())
}

#[test]
fn a_program_that_cargo_builds_carries_its_list_and_is_the_same_in_two_directories() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (digest, list) = built(here.path());
    let expected = json!({ "packages": [
        { "name": "pages", "version": "1.2.3", "source": "local" },
        { "name": "web", "version": "1.2.3", "source": "local", "dependencies": [0], "root": true },
    ] });
    assert_eq!(list, expected);
    assert_eq!(built(&there.path().join("a/longer/path")), (digest, list));
}

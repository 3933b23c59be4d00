//! The crates depend on each other as docs/architecture.md says, and none is too large.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use serde_json::Value;

use crate::built::workspace;

/// Dependencies of each crate on others of the workspace, those of its tests left out.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--format-version=1", "--no-deps", "--offline"]).current_dir(workspace());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let list = |value: &Value| value.as_array().unwrap().clone();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let packages = list(&metadata["packages"]);
    let ours = |dependency: &Value| dependency["path"].is_string() && dependency["kind"] != "dev";
    let needs = |package: &Value| {
        let mut names: Vec<_> = list(&package["dependencies"]).iter().filter(|it| ours(it)).map(name).collect();
        names.sort();
        names.dedup();
        names
    };
    packages.iter().map(|package| (name(package), needs(package))).filter(|(_, needs)| !needs.is_empty()).collect()
}

/// What the block under `## Crates` says.
fn documented() -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(workspace().join("docs/architecture.md")).unwrap();
    let chapter = text.split("\n## Crates\n").nth(1).unwrap();
    let block = chapter.split("```").nth(1).unwrap();
    let line = |line: &str| {
        let (name, needs) = line.split_once("->")?;
        let mut needs: Vec<_> = needs.split(',').map(|it| it.trim().to_owned()).collect();
        needs.sort();
        Some((name.trim().to_owned(), needs))
    };
    block.lines().filter_map(line).collect()
}

#[test]
fn the_crates_depend_on_each_other_as_documented() {
    assert_eq!(documented(), dependencies());
}

/// Each file below `directory` with `text` in it.
fn files_with(directory: &Path, text: &str) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().map(|entry| entry.unwrap().path());
    let named = |path: std::path::PathBuf| {
        if path.is_dir() {
            return files_with(&path, text);
        }
        let has = fs::read_to_string(&path).is_ok_and(|content| content.contains(text));
        has.then(|| path.display().to_string()).into_iter().collect()
    };
    entries.flat_map(named).collect()
}

#[test]
fn what_tests_have_the_program_do_is_in_no_build_without_their_feature() {
    let crates = fs::read_dir(workspace().join("crates")).unwrap().map(|entry| entry.unwrap().path().join("src"));
    let found: Vec<_> = crates.flat_map(|source| files_with(&source, concat!("DRIFTLESS_", "TEST_"))).collect();
    assert!(matches!(&found[..], [one] if one.ends_with("cloud/src/hooks.rs")), "{found:?}");
    let hooks = fs::read_to_string(&found[0]).unwrap();
    let (without, with) = hooks.split_once("#[cfg(feature = \"test-hooks\")]\nmod on {").unwrap();
    assert!(!without.contains("env::") && with.contains("env::"), "the variables are read with the feature alone");
    let features = fs::read_to_string(workspace().join("crates/driftless/Cargo.toml")).unwrap();
    assert!(
        features.contains("\naws = [\"dep:cloud\", \"dep:rehearse\", \"registry\"]\n")
            && !features.contains("\ndefault ="),
        "{features}"
    );
}

fn lines(directory: &Path) -> usize {
    let entries = fs::read_dir(directory).into_iter().flatten().map(|entry| entry.unwrap().path());
    let count = |path: std::path::PathBuf| {
        if path.is_dir() {
            lines(&path)
        } else if path.extension().is_some_and(|it| it == "rs") {
            fs::read_to_string(path).unwrap().lines().count()
        } else {
            0
        }
    };
    entries.map(count).sum()
}

#[test]
fn no_crate_has_more_than_30_percent_of_the_lines_of_the_product() {
    // `items` is the first user, and `testing` is for tests.
    let crates = fs::read_dir(workspace().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let product = crates.filter(|path| !path.ends_with("items") && !path.ends_with("testing"));
    let counted: BTreeMap<_, _> = product.map(|path| (path.clone(), lines(&path.join("src")))).collect();
    let all: usize = counted.values().sum();
    for (path, count) in &counted {
        assert!(count * 100 <= all * 30, "{} has {count} of {all} lines", path.display());
    }
}

//! `docs/parity.md` names options, values and tests: the options are there, the values are those of the rendered Terraform,
//! and the tests are run.

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("`{path}`: {error}"))
}

/// What is between back-ticks.
fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The rows of all tables: what was there, the options, the test.
fn rows(page: &str) -> Vec<[&str; 3]> {
    let cells = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| there |"));
    cells
        .map(|line| {
            let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            cells.try_into().unwrap_or_else(|_| panic!("not three cells: {line}"))
        })
        .collect()
}

#[test]
fn every_option_that_it_names_is_documented() {
    let options = read("docs/options.md");
    let known: BTreeSet<_> = options.lines().filter_map(|line| line.strip_prefix("### ")).flat_map(code).collect();
    let page = read("docs/parity.md");
    let rows = rows(&page);
    assert!(rows.len() > 40, "{} rows", rows.len());
    for [there, options, _] in rows {
        let chosen = options.starts_with('`');
        assert!(chosen || options.starts_with("always on") || options.starts_with("left out: "), "{there}: {options}");
        for option in code(options).into_iter().filter(|_| chosen) {
            let elsewhere = option.starts_with("services.") || option.starts_with("foundation.");
            let path = if elsewhere { option.to_owned() } else { format!("environments.<name>.{option}") };
            assert!(known.contains(&*path), "{there}: there is no option `{path}`");
        }
    }
}

/// Why `shown` does not show anything, if so: a value of rendered Terraform, a test, or a part of `./check`.
fn fault(file: &str, shown: &str) -> Option<String> {
    let text = read(file);
    match file.rsplit_once('.') {
        Some((_, "json")) => {
            let Some((path, value)) = shown.split_once(" = ") else { return Some("no `path = value`".to_owned()) };
            let json: Value = serde_json::from_str(&text).unwrap();
            let found = json.pointer(&format!("/{}", path.replace('.', "/")));
            (found != Some(&serde_json::from_str(value).unwrap())).then(|| format!("it is {found:?}"))
        }
        Some((_, "rs")) => {
            let before = text.split_once(&format!("fn {shown}(")).map_or("", |(before, _)| before);
            let attributes = before.rsplit("\n\n").next().unwrap_or_default();
            (!attributes.contains("test]") && !attributes.contains("test(")).then(|| "no such test".to_owned())
        }
        Some((_, "nix")) => {
            let is_run = file.starts_with("nix/checks/") && shown.starts_with("test");
            (!is_run || !text.contains(&format!("\n  {shown} = {{"))).then(|| "no such test".to_owned())
        }
        _ => {
            let parts = text.lines().find_map(|line| line.strip_prefix("parts=(")?.strip_suffix(')'));
            let parts = parts.unwrap_or_default();
            let part = shown.strip_prefix("part_").filter(|part| parts.split(' ').any(|one| one == *part));
            (file != "check" || part.is_none()).then(|| "no part of `./check`".to_owned())
        }
    }
}

#[test]
fn every_value_and_test_that_it_names_is_there() {
    let page = read("docs/parity.md");
    let fault = |[there, _, cell]: [&str; 3]| {
        let [file, shown] = code(cell)[..] else { return Some(format!("{there}: no file and test in {cell}")) };
        fault(file, shown).map(|fault| format!("{there}: `{file}` `{shown}`: {fault}"))
    };
    assert_eq!(rows(&page).into_iter().filter_map(fault).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn what_shows_nothing_is_refused() {
    let root = "nix/rendered/dev/config.tf.json";
    for (file, shown) in [
        (root, "aws_vpc"),
        (root, "resource.aws_vpc.main.cidr_block = \"10.1.0.0/16\""),
        (root, "resource.aws_vpc.other = 1"),
        ("crates/cost/src/tests.rs", "estimated"),
        ("nix/checks/extras/logs.nix", "testNothing"),
        ("check", "part_nothing"),
        ("rehearsal/policy", "checkov"),
    ] {
        assert!(fault(file, shown).is_some(), "`{file}` `{shown}`");
    }
}

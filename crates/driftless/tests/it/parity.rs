//! `docs/parity.md` names options and tests; those that it names are there.

use std::{collections::BTreeSet, fs, path::PathBuf};

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

#[test]
fn every_test_that_it_names_is_there() {
    let page = read("docs/parity.md");
    for [there, _, test] in rows(&page) {
        let [file, word] = code(test)[..] else { panic!("{there}: no file and word in {test}") };
        assert!(read(file).contains(word), "{there}: `{file}` has no `{word}`");
    }
}

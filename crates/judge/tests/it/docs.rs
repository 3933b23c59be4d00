//! What docs/judge.md says: its answers are those of this repository's roots, its table names tests that exist.

use std::{
    fs,
    path::{Path, PathBuf},
};

use judge::{access::Question, reach::reach, terraform::from_config};

use super::roots::configuration;

/// What `driftless explain` prints.
fn explained(arguments: &[&str]) -> String {
    let after = |option: &str| arguments.windows(2).find(|pair| pair[0] == option).map(|pair| pair[1]);
    let root = configuration(&format!("rendered/{}", after("--env").expect("an environment")));
    let described = from_config(&root, after("--account")).expect("a root");
    let text = match arguments {
        ["reach", from, to, ..] => reach(&described.network, from, to).expect("places").to_string(),
        ["access", role, action, resource, ..] => {
            let question = Question { role, action, resource, ..Question::default() };
            let verdict = described.account.may(&question).expect(role);
            let deciding = verdict.deciding.iter().map(|one| format!("  by {one}"));
            let notes = verdict.notes.iter().map(|note| format!("  {note}"));
            [verdict.message.clone()].into_iter().chain(deciding).chain(notes).collect::<Vec<_>>().join("\n")
        }
        ["needs", ..] if described.lacking().is_empty() => "nothing is lacking".to_owned(),
        _ => format!("no example of {arguments:?}"),
    };
    text.trim_end().to_owned() + "\n"
}

/// A command after `$ `, and what it prints.
#[test]
fn the_answers_on_the_page_are_those_of_our_roots() {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/judge.md");
    let page = fs::read_to_string(page).expect("the page");
    let session = page.split("```console\n").nth(1).and_then(|rest| rest.split("```").next()).expect("examples");
    let examples: Vec<_> = session.split("$ driftless explain ").skip(1).collect();
    assert!(examples.len() > 5, "{} examples", examples.len());
    for example in examples {
        let (command, printed) = example.split_once('\n').expect("an answer");
        assert_eq!(explained(&command.split(' ').collect::<Vec<_>>()), printed, "{command}");
    }
}

fn sources(directory: &Path, text: &mut String) {
    for entry in fs::read_dir(directory).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "nix") {
            text.push_str(&fs::read_to_string(&path).expect("a source"));
        }
    }
}

#[test]
fn every_fault_has_a_test_that_exists_or_is_open() {
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut code = String::new();
    for directory in ["nix/checks", "crates"] {
        sources(&workspace.join(directory), &mut code);
    }
    let page = fs::read_to_string(workspace.join("docs/judge.md")).expect("the page");
    let table = page.split("## What was found").nth(1).expect("the table");
    let mut count = 0;
    for row in table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| |")) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 4, "{row}");
        let (refuses, commit) = (cells[2], cells[3]);
        assert!(refuses.contains("**open**") || refuses.contains("**Open**") || !commit.is_empty(), "{row}");
        for name in refuses.split('`').skip(1).step_by(2) {
            let is_test = name.starts_with("test") || name.matches('_').count() > 2;
            if is_test && !name.contains(['/', '.']) {
                let defined = [format!("fn {name}("), format!("{name} ="), format!("{name} =\n")];
                assert!(defined.iter().any(|text| code.contains(text.as_str())), "there is no test `{name}`: {row}");
                count += 1;
            }
        }
    }
    assert!(count > 30, "{count} tests");
}

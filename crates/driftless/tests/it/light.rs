//! The first `up` in a fresh clone waits for no compiler of what it has no use for.

use std::process::Command;

use crate::built::workspace;

/// The crates that are compiled for `driftless` with these arguments to Cargo.
fn crates(arguments: &[&str]) -> Vec<String> {
    crates_of("driftless", arguments)
}

/// The crates that are compiled for a package of the workspace.
fn crates_of(package: &str, arguments: &[&str]) -> Vec<String> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["tree", "--locked", "--edges=normal,build", "--prefix=none", "--package", package]).args(arguments);
    let output = command.current_dir(workspace()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_default_build_compiles_nothing_that_speaks_to_aws_or_a_registry() {
    let of_the_network = ["aws-", "cloud ", "registry ", "reqwest ", "ring ", "rustls ", "url "];
    let (default, all) = (crates(&[]), crates(&["--features=aws"]));
    for start in of_the_network {
        let found = |crates: &[String]| crates.iter().any(|name| name.starts_with(start));
        assert!(found(&all), "the name that is looked for is wrong: `{start}`");
        assert!(!found(&default), "{start}");
    }
}

#[test]
fn what_is_compiled_first_has_neither_regular_expressions_nor_tables_of_unicode_and_makes_no_documents() {
    for package in ["driftless", "backend", "frontend"] {
        let names = crates_of(package, &[]);
        let is_heavy = |name: &&String| ["icu_", "regex", "utoipa", "zip "].iter().any(|heavy| name.starts_with(heavy));
        assert_eq!(names.iter().filter(is_heavy).collect::<Vec<_>>(), Vec::<&String>::new(), "{package}");
    }
}

//! The first `up` in a fresh clone waits for no compiler of what speaks to AWS.

use std::process::Command;

use crate::built::workspace;

/// The crates that are compiled for `driftless` with these arguments to Cargo.
fn crates(arguments: &[&str]) -> Vec<String> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["tree", "--locked", "--package=driftless", "--edges=normal,build", "--prefix=none"]).args(arguments);
    let output = command.current_dir(workspace()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_default_build_compiles_nothing_of_aws() {
    let is_aws = |name: &&String| name.starts_with("aws-");
    assert!(crates(&["--features=aws"]).iter().any(|name| is_aws(&name)), "the names that are looked for are wrong");
    assert_eq!(crates(&[]).iter().filter(is_aws).collect::<Vec<_>>(), Vec::<&String>::new());
}

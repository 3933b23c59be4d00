//! Command lines that are wrong.

use std::process::Command;

use crate::image::fixture::said;

#[test]
#[cfg(feature = "aws")]
fn usage_does_not_ask_for_an_option_whose_variable_is_set() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    let wrong = said(command.arg("scale").env("DRIFTLESS_TERRAFORM", "/bin/terraform").env("DRIFTLESS_ENV", "dev"));
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("\nUsage: driftless scale [OPTIONS] <SERVICE=N>...\n"), "{}", wrong.err);
}

#[test]
fn colour_is_for_terminals() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    let wrong = said(command.args(["cost", "--env", "nowhere", "--bundle", "/nowhere"]).env("TERM", "xterm"));
    assert!(wrong.code == 1 && wrong.err.starts_with("error: ") && !wrong.err.contains('\x1b'), "{}", wrong.err);
}

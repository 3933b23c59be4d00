//! The commands that speak to registries, in a build without the feature `registry`: they say how to get one that has it.

use std::{ffi::OsString, process::ExitCode};

/// What the help of `image` leaves out.
pub(super) const IMAGE_HELP: &str =
    "Commands in a build with the feature `registry`: diff, pull, push, sbom, signatures";

/// Speaks to a registry, in a build with the feature `registry`
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true, hide = true)]
pub(super) struct Args {
    /// What was asked for does not matter.
    #[arg(num_args = .., trailing_var_arg = true, allow_hyphen_values = true)]
    _arguments: Vec<OsString>,
}

pub(super) fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    hint::bail!(
        "this build of `driftless` has no client for registries: it is small, so that the first `up` is quick",
        hint = "run the same with `cargo run --release -p driftless --features registry -- …`, or with Nix `nix run . -- …`"
    )
}

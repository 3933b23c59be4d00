//! `driftless image`

use std::process::ExitCode;

/// Build, inspect and verify OCI images
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("`image` is not built yet")
}

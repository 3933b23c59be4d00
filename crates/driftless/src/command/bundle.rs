//! `driftless bundle`

use std::process::ExitCode;

/// Build everything a deployment needs into one directory
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("`bundle` is not built yet")
}

//! `driftless open`

use std::process::ExitCode;

/// Open the stack's page in the browser
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("`open` is not built yet")
}

//! `driftless up`

use std::process::ExitCode;

/// Build the services and run the stack on this machine
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("`up` is not built yet")
}

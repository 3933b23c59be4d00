//! `driftless logs`

use std::process::ExitCode;

/// Show what the services wrote
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("`logs` is not built yet")
}

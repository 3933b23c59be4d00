//! `driftless down`

use std::process::ExitCode;

/// Stop the stack that `up` started
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("`down` is not built yet")
}

//! `driftless status`

use std::process::ExitCode;

/// Show what runs, from which image, and how it is
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("`status` is not built yet")
}

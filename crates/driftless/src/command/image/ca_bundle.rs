//! `driftless image ca-bundle`

use std::process::ExitCode;

use crate::command::show::print;
use crate::compile::ca_bundle;

/// Print the CA certificates that images trust by default
///
/// Mozilla's root certificates as PEM. They are part of this program: the output is the same on every machine.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless image ca-bundle > ca.crt")]
pub(super) struct Args {}

pub(super) fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    print(&ca_bundle::pem())?;
    Ok(ExitCode::SUCCESS)
}

//! `driftless image ca-bundle`

use std::process::ExitCode;

use super::text;
use crate::build::ca_bundle;

/// Print the certificates that images trust by default
///
/// Mozilla's roots as PEM, pinned by this program: the same bytes on every machine.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless image ca-bundle > ca.crt")]
pub(super) struct Args {}

pub(super) fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    text::print(&ca_bundle::pem())
}

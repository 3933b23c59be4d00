//! What `verify` is told.

use super::Where;

/// Check that what runs is what was released
///
/// Compares the image digests of the running tasks, of their task definitions and of the registry with the record of the
/// release that serves, and the infrastructure with Terraform's state. With `--bundle` the bundle's digests, too.
/// Changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless verify --env prod
  driftless verify --env prod --no-drift           digests alone, within seconds
  driftless verify --env prod --bundle result      is this bundle what runs?
  driftless verify --env prod --rebuild            does its revision build the same again?
  driftless verify --env prod --json | jq '.services[] | select(.agrees | not)'

Exit codes: 0 all agree; 1 it could not be found out; 2 the command line is wrong; 6 something differs.")]
pub(in crate::command) struct Verify {
    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    /// Leave out the infrastructure, which Terraform is needed for
    #[arg(long)]
    pub(in crate::command::cloud) no_drift: bool,

    /// Build the recorded revision again with Nix, from the checkout around the current directory, and compare the
    /// digests. For releases that Nix built
    #[arg(long)]
    pub(in crate::command::cloud) rebuild: bool,

    /// Print everything as JSON
    #[arg(long)]
    pub(in crate::command::cloud) json: bool,
}

//! Commands for the account itself.

use super::Where;

/// Prepare an account: the state bucket, and the image repositories
///
/// Makes the bucket that Terraform's state and the release records are kept in (versioned, encrypted, private, TLS
/// only), then plans and applies the root `foundation`, and prints its outputs, such as the ARN of the role for GitHub's
/// workflows. Run again, it repairs what is missing and changes nothing else.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless bootstrap --env dev
  driftless bootstrap --env dev --yes        in a script

Exit codes: 0 it is as it should be; 1 it is not; 5 somebody else holds the lock.")]
pub(in crate::command) struct Bootstrap {
    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    /// Apply the plan of the foundation without asking
    #[arg(short, long)]
    pub(in crate::command::cloud) yes: bool,
}

/// Look for what would stop a deployment
///
/// Credentials, account and region, the versions of OpenTofu or Terraform and of its provider, state bucket and lock,
/// repositories, secrets without a value, quotas that the plan would exceed, certificate, clock. Each finding comes with its
/// remedy. Changes nothing, downloads nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless doctor --env prod
  driftless doctor --env prod --json | jq '.findings[] | select(.level != \"fine\")'

Exit codes: 0 a deployment can go on, 1 it would fail.")]
pub(in crate::command) struct Doctor {
    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    /// Print everything as JSON
    #[arg(long)]
    pub(in crate::command::cloud) json: bool,
}

/// Look for what somebody changed without a release
///
/// Compares the environment's resources with Terraform's state by a refresh-only plan. Changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless drift --env prod
  driftless drift --env prod --json | jq '.resources[].address'

Exit codes: 0 nothing was changed; 1 it could not be found out; 2 the command line is wrong; 6 something was.")]
pub(in crate::command) struct Drift {
    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    /// Print everything as JSON
    #[arg(long)]
    pub(in crate::command::cloud) json: bool,
}

/// Take a state lock that was left behind
///
/// Says who holds it and since when, and asks. Whoever still works under it may damage the state: make sure that nobody
/// does.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless unlock --env dev

Exit codes: 0 nothing is locked any more; 1 it is.")]
pub(in crate::command) struct Unlock {
    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    /// The lock's id, which answers the question
    #[arg(long, value_name = "ID")]
    pub(in crate::command::cloud) confirm: Option<String>,
}

/// Delete everything that deployments made in an environment
///
/// Names what will be lost, then asks for the environment's name. The state bucket, the release records and the image
/// repositories stay. An environment that infra.nix protects is not destroyed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless destroy --env dev
  driftless destroy --env dev --confirm=dev --allow-data-loss      in a script

Exit codes: 0 it is gone; 1 nothing was changed; 4 a part of it is left; 5 somebody else holds the lock.")]
pub(in crate::command) struct Destroy {
    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    /// The environment's name, which answers the question
    #[arg(long, value_name = "NAME")]
    pub(in crate::command::cloud) confirm: Option<String>,

    /// Delete databases and files, too
    #[arg(long)]
    pub(in crate::command::cloud) allow_data_loss: bool,
}

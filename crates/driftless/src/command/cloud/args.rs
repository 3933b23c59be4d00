//! What the commands that act on an account are told.
#![cfg_attr(
    not(feature = "aws"),
    allow(dead_code, unused_imports, reason = "read by the commands, which this build is without")
)]

mod account;
mod history;
mod release;
mod secrets;
mod size;
mod verify;

use std::path::PathBuf;

pub(super) use self::{
    account::{Bootstrap, Destroy, Doctor, Drift, Unlock},
    history::{Diff, Promote, Releases, Rollback},
    release::{Apply, Deploy, Plan},
    secrets::{List, Secrets, SecretsCommand, Set, Unset},
    size::{Pause, Resume, Scale},
    verify::Verify,
};

/// Which environment, and where its state is
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Where {
    /// The environment [default: the only one there is]
    #[arg(short, long, value_name = "NAME", env = "DRIFTLESS_ENV", hide_env_values = true)]
    pub(super) env: Option<String>,

    /// A bundle, made by `driftless bundle` or Nix [default: the project's stack; `deploy` builds one]
    #[arg(long, value_name = "DIR")]
    pub(super) bundle: Option<PathBuf>,

    /// The state bucket [default: PROJECT-driftless-ACCOUNT-REGION]
    #[arg(long, value_name = "NAME", env = "DRIFTLESS_STATE_BUCKET", hide_env_values = true)]
    pub(super) state_bucket: Option<String>,

    /// OpenTofu or Terraform, at least 1.10 [default: `tofu`, then `terraform`, on PATH]
    #[arg(long, value_name = "PATH", env = "DRIFTLESS_TERRAFORM", hide_env_values = true)]
    pub(super) terraform: Option<PathBuf>,
}

/// What may be done without asking, and how long it may take
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Consent {
    /// Apply the plan without asking
    #[arg(short, long)]
    pub(super) yes: bool,

    /// Apply a plan that loses data; `--yes` does not cover that
    #[arg(long)]
    pub(super) allow_data_loss: bool,

    /// Minutes that the services have to become stable
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=240))]
    pub(super) timeout: u64,

    /// Print the result as JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// Says what the commands that release something exit with.
macro_rules! exit_codes {
    () => {
        "

Exit codes: 0 live; 1 failed and nothing was changed, or you said no; 2 the command line is wrong; 3 failed and rolled \
         back; 4 failed and needs a person; 5 somebody else holds the lock; 130 interrupted."
    };
}
use exit_codes;

//! `driftless secrets`

use clap::Subcommand;

use super::{Consent, Where, exit_codes};

/// Set and look after the values of secrets
///
/// infra.nix has the names; the values are in AWS Secrets Manager alone. None is ever an argument, printed, logged, or
/// in Terraform's state.
#[derive(Debug, clap::Args)]
pub(in crate::command) struct Secrets {
    #[command(subcommand)]
    pub(in crate::command::cloud) command: SecretsCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::command) enum SecretsCommand {
    Set(Set),
    List(List),
    Unset(Unset),
    /// Say which secrets have no value; exits with 1 if any has none
    #[command(after_help = "Examples:
  driftless secrets check --env prod")]
    Check(List),
}

/// Give a secret a value, and roll the service that reads it
///
/// The value is asked for, or read from standard input (without its last end of line). Where the secret's container does
/// not exist yet, it is made by a plan of its own.
#[derive(Debug, clap::Args)]
#[command(after_help = concat!("Examples:
  driftless secrets set backend/SECRET_KEY --env dev
  openssl rand -base64 32 | driftless secrets set backend/SECRET_KEY --env prod --yes", exit_codes!()))]
pub(in crate::command) struct Set {
    /// The service and its environment variable
    #[arg(value_name = "SERVICE/NAME")]
    pub(in crate::command::cloud) secret: String,

    /// Leave the running tasks alone: the next release gets the value
    #[arg(long)]
    pub(in crate::command::cloud) no_roll: bool,

    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    #[command(flatten)]
    pub(in crate::command::cloud) consent: Consent,
}

/// List the secrets, and whether each has a value
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless secrets list --env prod --json")]
pub(in crate::command) struct List {
    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    /// Print everything as JSON
    #[arg(long)]
    pub(in crate::command::cloud) json: bool,
}

/// Take a secret's value away: no later release can start without a new one
///
/// Tasks that run keep what they have. AWS keeps the value as the previous version until the next `set`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless secrets unset backend/SECRET_KEY --env dev")]
pub(in crate::command) struct Unset {
    /// The service and its environment variable
    #[arg(value_name = "SERVICE/NAME")]
    pub(in crate::command::cloud) secret: String,

    #[command(flatten)]
    pub(in crate::command::cloud) place: Where,

    /// Do it without asking
    #[arg(short, long)]
    pub(in crate::command::cloud) yes: bool,
}

//! `driftless secrets`

mod set;
mod values;

use std::{collections::BTreeMap, process::ExitCode};

use cloud::deploy::{self, Secret, SecretState};
use jiff::Timestamp;
use serde::Serialize;

use super::{consent, options, options::Look};
use crate::command::{
    ask,
    show::{print, print_json},
};
use clap::Subcommand;

/// Set, list, check and remove the values of secrets
///
/// infra.nix has the names; the values are in AWS Secrets Manager alone. None is ever an argument, printed, logged, or
/// in Terraform's state.
#[derive(Debug, clap::Args)]
pub(in crate::command) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Set(set::Args),
    List(List),
    Unset(Unset),
    /// Say which secrets have no value; exits with 1 if any has none
    #[command(after_help = "Examples:
  driftless secrets check --env prod")]
    Check(List),
}

/// List the secrets, and whether each has a value
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless secrets list --env prod --json")]
struct List {
    #[command(flatten)]
    place: Look,

    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// Remove the value of a secret: no later release can start without a new one
///
/// Tasks that run keep what they have. Secrets Manager keeps the value as the previous version until the next `set`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless secrets unset backend/SECRET_KEY --env dev")]
struct Unset {
    /// The service and its environment variable
    #[arg(value_name = "SERVICE/NAME")]
    secret: String,

    #[command(flatten)]
    place: Look,

    /// Do it without asking
    #[arg(short, long)]
    yes: bool,
}

/// Version of what `list --json` prints.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Listed<'a> {
    environment: &'a str,
    secrets: &'a [SecretState],
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Set(args) => set::run(args).await,
        Command::List(args) => list(args).await.map(|_| ExitCode::SUCCESS),
        Command::Check(args) => {
            let all = list(args).await?.iter().all(|state| state.version.is_some());
            Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Unset(args) => unset(args).await,
    }
}

async fn list(args: &List) -> anyhow::Result<Vec<SecretState>> {
    let stack = args.place.environment.stack()?;
    let site = args.place.site_of(&stack).await?;
    let states = deploy::states(&site, stack.environment(&site.environment)?).await?;
    if args.json {
        print_json(SCHEMA, &Listed { environment: &site.environment, secrets: &states })?;
        return Ok(states);
    }
    if states.is_empty() {
        site.progress.note(&format!("infra.nix has no secrets for `{}`", site.environment));
    }
    let rows: BTreeMap<_, _> = states.iter().map(|state| (state.secret.key(), words(state))).collect();
    let width = rows.keys().map(String::len).max().unwrap_or(0);
    for (key, words) in rows {
        print(&format!("{key:width$}  {words}"))?;
    }
    Ok(states)
}

fn words(state: &SecretState) -> &'static str {
    match state {
        SecretState { deleted: true, .. } => "is being deleted",
        SecretState { exists: false, .. } => "no value; `driftless secrets set` makes it",
        SecretState { version: None, .. } => "no value",
        _ => "has a value",
    }
}

async fn unset(args: &Unset) -> anyhow::Result<ExitCode> {
    let stack = args.place.environment.stack()?;
    let site = args.place.site_of(&stack).await?;
    let secret = Secret::find(&site, stack.environment(&site.environment)?, &args.secret)?;
    site.progress.note(&site.words());
    if !args.yes && !ask::yes(&format!("remove the value of `{}`?", secret.key()), "--yes")? {
        print("nothing was changed")?;
        return Ok(ExitCode::FAILURE);
    }
    deploy::forget(&site, &secret, Timestamp::now()).await?;
    print(&format!("`{}` has no value; tasks that run keep what they have", secret.key()))?;
    Ok(ExitCode::SUCCESS)
}

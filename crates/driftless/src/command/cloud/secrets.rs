//! `driftless secrets`

use std::{collections::BTreeMap, process::ExitCode};

use jiff::Timestamp;
use oci::Digest;
use serde_json::json;

use super::args::{self, SecretsCommand};
use crate::{
    command::{ask, print::print},
    deploy::{self, Candidate, Secret, SecretState, Source, Target},
    record::Kind,
    terraform::{Goal, Root, Variables},
};

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

pub(super) async fn run(args: &args::Secrets) -> anyhow::Result<ExitCode> {
    match &args.command {
        SecretsCommand::Set(args) => set(args).await,
        SecretsCommand::List(args) => list(args).await.map(|_| ExitCode::SUCCESS),
        SecretsCommand::Check(args) => {
            let all = list(args).await?.iter().all(|state| state.version.is_some());
            Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        SecretsCommand::Unset(args) => unset(args).await,
    }
}

async fn set(args: &args::Set) -> anyhow::Result<ExitCode> {
    let target = args.place.target().await?;
    let secret = Secret::find(&target, &args.secret)?;
    target.progress.note(&target.words());
    let value = ask::secret(&format!("value of `{}` (not shown): ", secret.key()))?;
    let exists = deploy::states(&target).await?.iter().any(|state| state.secret == secret && state.exists);
    if !exists && !contain(&target, &secret, args).await? {
        print("nothing was changed")?;
        return Ok(ExitCode::FAILURE);
    }
    deploy::put(&target, &secret, &value, Timestamp::now()).await?;
    drop(value);
    target.progress.note(&format!("`{}` has a new value", secret.key()));
    let live = target.records().live(None).await?;
    let Some(live) = live.filter(|_| !args.no_roll) else {
        print(&format!("set: the next release of `{}` gets it", target.name))?;
        return Ok(ExitCode::SUCCESS);
    };
    let source = Source::of_record(&target.records(), &live).await?;
    let target = args.place.target_of(live.release.stack.clone()).await?;
    let candidate = Candidate::of(&target, Kind::Secret { name: secret.key() }, source).await?;
    args.consent.release(&target, candidate).await
}

/// Makes the secret's container, by a plan of it alone.
async fn contain(target: &Target, secret: &Secret, args: &args::Set) -> anyhow::Result<bool> {
    let from = args.place.configuration(&target.name)?;
    let root =
        Root::open(&target.terraform().await?, &target.backend(), &target.name, &from, &*target.progress).await?;
    // The plan is of the container alone, but every variable wants a value.
    let images = target.environment().services.keys().map(|service| (service.clone(), Digest::of(b"")));
    let live = target.records().live(None).await?.map(|live| live.variables);
    let variables = live.unwrap_or_else(|| Variables { images: images.collect(), ..Variables::default() });
    let goal = Goal::Only(vec![secret.address()]);
    let saved = root.plan(&goal, Some(&variables), &*target.progress).await?;
    if !saved.is_empty() && !args.consent.decide(&saved.summary)? {
        return Ok(false);
    }
    root.apply(&saved, &*target.progress).await?;
    Ok(true)
}

async fn list(args: &args::List) -> anyhow::Result<Vec<SecretState>> {
    let target = args.place.target().await?;
    let states = deploy::states(&target).await?;
    if args.json {
        let document = json!({ "schema": SCHEMA, "environment": target.name, "secrets": states });
        print(&serde_json::to_string_pretty(&document)?)?;
        return Ok(states);
    }
    if states.is_empty() {
        target.progress.note(&format!("infra.nix has no secrets for `{}`", target.name));
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

async fn unset(args: &args::Unset) -> anyhow::Result<ExitCode> {
    let target = args.place.target().await?;
    let secret = Secret::find(&target, &args.secret)?;
    target.progress.note(&target.words());
    if !args.yes && !ask::yes(&format!("take the value of `{}` away?", secret.key()), "--yes")? {
        print("nothing was changed")?;
        return Ok(ExitCode::FAILURE);
    }
    deploy::forget(&target, &secret, Timestamp::now()).await?;
    print(&format!("`{}` has no value; tasks that run keep what they have", secret.key()))?;
    Ok(ExitCode::SUCCESS)
}

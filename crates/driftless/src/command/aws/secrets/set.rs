//! `driftless secrets set`

use std::{path::PathBuf, process::ExitCode};

use cloud::{
    Release, Site,
    deploy::{self, Deployment, Secret, SecretState, Unfinished},
    record::{Kind, Record},
    terraform::{Goal, Root, Variables},
};
use jiff::Timestamp;
use model::stack::Environment;
use oci::Digest;

use super::{
    consent::{Consent, exit_codes},
    options::Act,
    values,
};
use crate::command::{ask, show::print};

/// Set the values of secrets, and redeploy the services that read them
///
/// The value is asked for, or read from standard input (without its last end of line). Those of several are asked for one
/// after the other, or read from a file. Where Secrets Manager does not have them yet, one separate plan creates them all.
#[derive(Debug, clap::Args)]
#[command(after_help = concat!("Examples:
  driftless secrets set backend/SECRET_KEY --env dev
  driftless secrets set backend/SECRET_KEY backend/SMTP_PASSWORD --env dev
  driftless secrets set --from secrets.txt --env dev
  openssl rand -base64 32 | driftless secrets set backend/SECRET_KEY --env prod --yes", exit_codes!()))]
pub(super) struct Args {
    /// Services and their environment variables
    #[arg(value_name = "SERVICE/NAME", required_unless_present = "from")]
    secrets: Vec<String>,

    /// Read them from this file, or from standard input (`-`): a line `SERVICE/NAME=VALUE` for each, the value as it is
    #[arg(long, value_name = "FILE", conflicts_with = "secrets")]
    from: Option<PathBuf>,

    /// Leave the running tasks alone: the next release gets the values
    #[arg(long)]
    no_roll: bool,

    #[command(flatten)]
    place: Act,

    #[command(flatten)]
    consent: Consent,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let stack = args.place.look.environment.stack()?;
    let site = args.place.site_of(&stack).await?;
    let environment = stack.environment(&site.environment)?;
    let values = given(args, &site, environment)?;
    let states = deploy::states(&site, environment).await?;
    let deleted = states.iter().find(|state| state.deleted && values.iter().any(|(secret, _)| *secret == state.secret));
    if let Some(SecretState { secret, .. }) = deleted {
        hint::bail!("`{}` is being deleted; nothing was changed", secret.key(), hint = "{}", secret.restore(&site));
    }
    let exists = |secret: &Secret| states.iter().any(|state| state.secret == *secret && state.exists);
    let absent: Vec<_> = values.iter().map(|(secret, _)| secret).filter(|secret| !exists(secret)).collect();
    let live = site.live().await?;
    if !absent.is_empty() && !contain(&site, environment, &absent, live.as_ref(), args).await? {
        print("nothing was changed")?;
        return Ok(ExitCode::FAILURE);
    }
    let mut is_changed = !absent.is_empty();
    for (secret, value) in &values {
        let put = deploy::put(&site, secret, value, Timestamp::now()).await;
        put.map_err(|error| if is_changed { error.context(Unfinished::new(NO_VALUE)) } else { error })?;
        is_changed = true;
        site.progress.note(&format!("`{}` has a new value", secret.key()));
    }
    let secrets: Vec<_> = values.into_iter().map(|(secret, _)| secret).collect();
    let Some(live) = live.filter(|live| !args.no_roll && secrets.iter().any(|secret| is_read(live, secret))) else {
        let them = if secrets.len() == 1 { "it" } else { "them" };
        print(&format!("set: the next release of `{}` gets {them}", site.environment))?;
        return Ok(ExitCode::SUCCESS);
    };
    let release = Release::of_record(&site, &live).await?;
    let kind = Kind::Secret { name: secrets.iter().map(Secret::key).collect::<Vec<_>>().join(", ") };
    args.consent.deploy(&site, Deployment::new(&site, kind, release, Some(live)).await?).await
}

/// The secrets that are to be set, with their values.
fn given(args: &Args, site: &Site, environment: &Environment) -> anyhow::Result<Vec<(Secret, String)>> {
    if let Some(file) = &args.from {
        let values = values::read(file)?;
        let found = values.into_iter().map(|(key, value)| Ok((Secret::find(site, environment, &key)?, value)));
        let found = found.collect::<anyhow::Result<_>>()?;
        site.progress.note(&site.words());
        return Ok(found);
    }
    let mut secrets: Vec<Secret> = Vec::new();
    for key in &args.secrets {
        let secret = Secret::find(site, environment, key)?;
        hint::ensure!(!secrets.contains(&secret), "`{key}` is set twice", hint = "name each secret once");
        secrets.push(secret);
    }
    if secrets.len() > 1 {
        ask::somebody("--from FILE")?;
    }
    site.progress.note(&site.words());
    let ask = |secret: Secret| {
        let value = ask::secret(&format!("value of `{}` (not shown): ", secret.key()))?;
        Ok((secret, value))
    };
    secrets.into_iter().map(ask).collect()
}

/// Whether the services of `live` read `secret`.
fn is_read(live: &Record, secret: &Secret) -> bool {
    let environment = live.release.stack.environments.get(&live.environment);
    let service = environment.and_then(|environment| environment.services.get(&secret.service));
    service.is_some_and(|service| service.secrets.contains_key(&secret.variable))
}

/// Said where containers of secrets were made, or values given, but not all.
const NO_VALUE: &str = "not every secret has its value yet; run the same command again to continue";

/// Makes the containers of `secrets`, by one plan of them alone.
async fn contain(
    site: &Site,
    environment: &Environment,
    secrets: &[&Secret],
    live: Option<&Record>,
    args: &Args,
) -> anyhow::Result<bool> {
    args.consent.recover(site).await?;
    let (terraform, from) = (site.terraform().await?, args.place.configuration(&site.environment)?);
    let root = Root::open(&terraform, &site.backend(), &site.environment, &from, &*site.progress).await?;
    // The plan is of the containers alone, but every variable wants a value.
    let images = environment.services.keys().map(|service| (service.clone(), Digest::of(b""))).collect();
    let tasks = live.map(|live| live.variables.tasks.clone()).unwrap_or_default();
    let tasks = tasks.into_iter().filter(|(service, _)| environment.services.contains_key(service)).collect();
    let variables = Variables { images, tasks, ..Variables::default() };
    let goal = Goal::Only(secrets.iter().map(|secret| secret.address()).collect());
    let plan = root.plan(&goal, Some(&variables), &*site.progress).await?;
    if !plan.is_empty() && !args.consent.decide(&plan.summary)? {
        return Ok(false);
    }
    root.apply(&plan, &*site.progress).await.map_err(|error| Unfinished::of_apply(error, NO_VALUE))?;
    Ok(true)
}

//! `driftless scale`

use std::process::ExitCode;

use cloud::record::Kind;
use model::scale::{Scale, scaled};

use super::{
    consent::{Consent, exit_codes},
    options::Act,
    tasks,
};

/// Set how many tasks a service runs, other than infra.nix says
///
/// An ordinary deployment of the release that serves; later ones keep the number, until `default` ends that.
#[derive(Debug, clap::Args)]
#[command(after_help = concat!("Examples:
  driftless scale frontend=3 --env prod
  driftless scale frontend=default --env prod", exit_codes!()))]
pub(in crate::command) struct Args {
    /// A service and its number of tasks, or `default`
    #[arg(value_name = "SERVICE=N", required = true, value_parser = change)]
    changes: Vec<(String, Scale)>,

    #[command(flatten)]
    place: Act,

    #[command(flatten)]
    consent: Consent,
}

fn change(text: &str) -> Result<(String, Scale), String> {
    let (service, count) = text.split_once('=').ok_or("write it as SERVICE=N")?;
    Ok((service.to_owned(), count.parse().map_err(|error: anyhow::Error| error.to_string())?))
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let twice = args
        .changes
        .iter()
        .enumerate()
        .find(|(at, (name, _))| args.changes[..*at].iter().any(|(other, _)| other == name));
    if let Some((_, (name, _))) = twice {
        hint::bail!("`{name}` is scaled twice", hint = "give each service once");
    }
    let site = args.place.site().await?;
    let live = site.serving().await?;
    let environment = tasks::environment(&site, &live)?;
    tasks::refuse_paused(&site, &live)?;
    let tasks = scaled(environment, live.variables.tasks.clone(), &args.changes)?;
    tasks::change(&site, live, tasks, Kind::Scale, &args.consent).await
}

//! `driftless resume`

use std::process::ExitCode;

use cloud::record::Kind;

use super::{
    consent::{Consent, exit_codes},
    options::Act,
    tasks,
};

/// Start the tasks that `pause` stopped
#[derive(Debug, clap::Args)]
#[command(after_help = concat!("Examples:
  driftless resume --env dev", exit_codes!()))]
pub(in crate::command) struct Args {
    #[command(flatten)]
    place: Act,

    #[command(flatten)]
    consent: Consent,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let site = args.place.site().await?;
    let live = site.serving().await?;
    let environment = tasks::environment(&site, &live)?;
    hint::ensure!(
        live.is_paused(),
        "`{}` is not paused",
        site.environment,
        hint = "`driftless scale SERVICE=N -e {}` changes numbers of tasks",
        site.environment
    );
    // As it was before the pause, which may not have been what the stack says.
    let mut before = Some(live.clone());
    while let Some(record) = before.take_if(|record| record.is_paused()) {
        before = site.records().live(Some(record.number)).await?;
    }
    let mut tasks = before.map(|record| record.variables.tasks).unwrap_or_default();
    tasks.retain(|service, _| environment.services.contains_key(service));
    tasks::change(&site, live, tasks, Kind::Resume, &args.consent).await
}

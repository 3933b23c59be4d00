//! `driftless pause`

use std::process::ExitCode;

use cloud::{
    BucketStore,
    record::{Kind, Record, Records},
};
use model::scale::paused;

use super::{
    consent::{Consent, exit_codes},
    options::Act,
    tasks,
};

/// Stop all tasks; the data stays, and so does what it costs
#[derive(Debug, clap::Args)]
#[command(after_help = concat!("Examples:
  driftless pause --env dev", exit_codes!()))]
pub(in crate::command) struct Args {
    #[command(flatten)]
    place: Act,

    #[command(flatten)]
    consent: Consent,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let site = args.place.site().await?;
    let live = site.serving().await?;
    let tasks = paused(tasks::environment(&site, &live)?);
    if tasks == live.variables.tasks {
        site.progress.note(&format!("`{}` is paused already", site.environment));
    } else if let Some((saved, left)) = savings(&site.records(), &live).await {
        let text =
            format!("saves about {saved:.2} USD a month; {left:.2} for what stays (load balancer, storage, logs)");
        site.progress.note(&text);
    }
    tasks::change(&site, live, tasks, Kind::Pause, &args.consent).await
}

/// What the tasks cost in a month, and what the rest does.
async fn savings(records: &Records<BucketStore>, live: &Record) -> Option<(f64, f64)> {
    let root = cost::Root::parse(&records.configuration(live, &live.environment).await.ok()?).ok()?;
    let root = root.with_tasks(&live.variables.tasks);
    let estimate = cost::estimate(&root, cost::Prices::built_in(), &cost::Usage::default());
    let tasks = estimate.lines.iter().filter(|line| line.resource.starts_with("aws_ecs_service."));
    let saved: f64 = tasks.map(|line| line.monthly).sum();
    Some((saved, estimate.monthly() - saved))
}

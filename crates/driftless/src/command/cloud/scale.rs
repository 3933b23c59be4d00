//! `driftless scale`, `pause` and `resume`

use std::{collections::BTreeMap, process::ExitCode};

use anyhow::{Context, ensure};

use super::args::{self, Consent, Where};
use crate::{
    cost,
    deploy::{BucketStore, Candidate, Source, Target},
    record::{Kind, Record, Records},
    scale::{is_paused, paused, scaled},
};

pub(super) async fn run(args: &args::Scale) -> anyhow::Result<ExitCode> {
    let (target, live) = serving(&args.place).await?;
    let tasks = scaled(target.environment(), live.variables.tasks.clone(), &args.changes)?;
    go(&target, live, tasks, Kind::Scale, &args.consent).await
}

pub(super) async fn pause(args: &args::Pause) -> anyhow::Result<ExitCode> {
    let (target, live) = serving(&args.place).await?;
    let tasks = paused(target.environment());
    if tasks == live.variables.tasks {
        target.progress.note(&format!("`{}` is paused already", target.name));
    } else if let Some((saved, left)) = savings(&target.records(), &live).await {
        let text =
            format!("saves about {saved:.2} USD a month; {left:.2} for what stays (load balancer, storage, logs)");
        target.progress.note(&text);
    }
    go(&target, live, tasks, Kind::Pause, &args.consent).await
}

pub(super) async fn resume(args: &args::Resume) -> anyhow::Result<ExitCode> {
    let (target, live) = serving(&args.place).await?;
    let is_paused = |record: &Record| is_paused(target.environment(), &record.variables.tasks);
    ensure!(
        is_paused(&live),
        "`{0}` is not paused\nhint: `driftless scale SERVICE=N -e {0}` changes numbers of tasks",
        target.name
    );
    // As it was before the pause, which may not have been what the stack says.
    let mut before = Some(live.clone());
    while let Some(record) = before.take_if(|record| is_paused(record)) {
        before = target.records().live(Some(record.number)).await?;
    }
    let tasks = before.map(|record| record.variables.tasks).unwrap_or_default();
    go(&target, live, tasks, Kind::Resume, &args.consent).await
}

async fn serving(place: &Where) -> anyhow::Result<(Target, Record)> {
    let target = place.target().await?;
    let live = target.records().live(None).await?;
    let live = live.with_context(|| {
        format!("`{0}` has no release that serves\nhint: `driftless deploy -e {0}` first", target.name)
    })?;
    // What serves, not what this checkout says.
    let target = place.target_of(live.release.stack.clone()).await?;
    Ok((target, live))
}

async fn go(
    target: &Target,
    live: Record,
    tasks: BTreeMap<String, u32>,
    kind: Kind,
    consent: &Consent,
) -> anyhow::Result<ExitCode> {
    let source = Source::of_record(&target.records(), &live).await?;
    let mut variables = live.variables;
    variables.tasks = tasks;
    consent.release(target, Candidate { kind, source, variables }).await
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

//! `driftless status --env`

mod document;

use std::{fmt::Write, process::ExitCode};

use cloud::{
    record::Record,
    rollout::{Expected, Serving, Snapshot, Stage, System, watch},
};
use oci::Digest;

use self::document::{Document, SCHEMA};
use super::{options::Look, place::Place, releases};
use crate::command::show::{aligned, print, print_json};

pub(super) async fn run(environment: &str, json: bool) -> anyhow::Result<ExitCode> {
    let place = Place::open(&Look::at(environment)).await?;
    let expected = place.running().await?;
    let seen = watch::look(&place.site.account, &expected, &System).await?;
    let services: Vec<_> = expected.expected.iter().zip(&seen).collect();
    let healthy = services.iter().all(|(_, seen)| is_healthy(seen));
    if json {
        print_json(SCHEMA, &Document::of(&place, &services, healthy))?;
    } else {
        print(table(&place, &services).trim_end())?;
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether no task is to run, by the release that serves.
fn is_paused(place: &Place) -> bool {
    place.live.as_ref().is_some_and(Record::is_paused)
}

fn is_healthy(seen: &Snapshot) -> bool {
    seen.serving == Serving::Ours && lacks(seen).is_none()
}

/// What is missing; nothing if no task is wanted.
fn lacks(seen: &Snapshot) -> Option<String> {
    seen.lacks().filter(|_| seen.desired > 0)
}

fn table(place: &Place, services: &[(&Expected, &Snapshot)]) -> String {
    let environment = &place.environment;
    let mut text = format!(
        "`{}` in `{}`: {}, cluster `{}`\n",
        place.site.project, place.site.environment, environment.region, environment.cluster
    );
    if let Some(live) = &place.live {
        text += &releases::about(live);
        if is_paused(place) {
            let _ = write!(text, "; paused: `driftless resume -e {}` starts its tasks", place.site.environment);
        }
        text.push('\n');
    }
    if let Some(url) = &environment.url {
        text = format!("{text}{url}\n");
    }
    text.push('\n');
    let mut rows = vec![["SERVICE", "TASKS", "IMAGE", "DEPLOYMENT", "TARGETS", "LACKS"].map(str::to_owned)];
    rows.extend(services.iter().map(|(expected, seen)| row(expected, seen)));
    text += &aligned(&rows, usize::MAX);
    text
}

/// Where the deployment is of what runs, and what was rolled back to it.
fn deployment(seen: &Snapshot) -> String {
    let Some(attempt) = &seen.attempt else { return "-".to_owned() };
    let words = attempt.phase.words();
    let after = |image: Digest| format!("{words}, {} was rolled back", image.short());
    seen.rolled_back.map_or_else(|| words.to_owned(), after)
}

fn row(expected: &Expected, seen: &Snapshot) -> [String; 6] {
    let running = seen.tasks.iter().filter(|task| task.stage == Stage::Running).count();
    let targets = seen.targets.as_ref().map(|targets| {
        let healthy = targets.iter().filter(|target| target.state == "healthy").count();
        format!("{healthy}/{} healthy", targets.len())
    });
    let dash = || "-".to_owned();
    [
        expected.service.clone(),
        format!("{running}/{}", seen.desired),
        expected.digest.short(),
        deployment(seen),
        targets.unwrap_or_else(dash),
        lacks(seen).unwrap_or_else(dash),
    ]
}

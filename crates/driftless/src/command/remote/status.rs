//! `driftless status --env`

use std::{fmt::Write, process::ExitCode};

use serde_json::{Value, json};

use super::{args::Where, place::Place};
use crate::{
    command::print::print,
    rollout::{Expected, Limits, Serving, Snapshot, Stage, System, watch},
};

pub(super) async fn run(environment: &str, json: bool) -> anyhow::Result<ExitCode> {
    let place = Place::open(&Where { env: Some(environment.to_owned()), bundle: None }).await?;
    let expected = place.watch(Limits::default()).await?;
    let seen = watch::look(&place.target.account, &expected, &System).await?;
    let services: Vec<_> = expected.expected.iter().zip(&seen).collect();
    let healthy = services.iter().all(|(_, seen)| is_healthy(seen));
    if json {
        let services: Vec<_> = services.iter().map(|(expected, seen)| document(expected, seen)).collect();
        let document = json!({
            "schema": 1, "project": place.target.stack.project, "environment": place.target.name, "region": place.target.environment().region,
            "cluster": place.target.environment().cluster, "healthy": healthy, "services": services,
        });
        print(&serde_json::to_string_pretty(&document)?)?;
    } else {
        print(table(&place, &services).trim_end())?;
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn is_healthy(seen: &Snapshot) -> bool {
    seen.serving == Serving::Ours && lacks(seen).is_none()
}

/// What is missing; nothing if no task is wanted.
fn lacks(seen: &Snapshot) -> Option<String> {
    seen.lacks().filter(|_| seen.desired > 0)
}

fn document(expected: &Expected, seen: &Snapshot) -> Value {
    let stage = |stage| match stage {
        Stage::Starting => "starting",
        Stage::Running => "running",
        Stage::Ending => "ending",
    };
    let tasks = seen.tasks.iter().map(|task| json!({ "id": task.id, "stage": stage(task.stage), "newest": task.ours }));
    let targets = seen.targets.as_ref().map(|targets| {
        let target = |target: &crate::rollout::Target| json!({ "address": target.address, "state": target.state });
        targets.iter().map(target).collect::<Vec<_>>()
    });
    json!({
        "name": expected.service, "desired": seen.desired, "digest": expected.digest, "healthy": is_healthy(seen),
        "task_definition": expected.task_definition,
        "deployment": seen.attempt.as_ref().map(|attempt| json!({ "id": attempt.id, "phase": attempt.phase.words() })),
        "lacks": lacks(seen), "tasks": tasks.collect::<Vec<_>>(), "targets": targets,
    })
}

fn table(place: &Place, services: &[(&Expected, &Snapshot)]) -> String {
    let environment = place.target.environment();
    let mut text = format!(
        "`{}` in `{}`: {}, cluster `{}`\n\n",
        place.target.stack.project, place.target.name, environment.region, environment.cluster
    );
    let mut rows = vec![["SERVICE", "TASKS", "IMAGE", "DEPLOYMENT", "TARGETS", "LACKS"].map(str::to_owned)];
    rows.extend(services.iter().map(|(expected, seen)| row(expected, seen)));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<_> = (0..rows[0].len()).map(width).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let _ = writeln!(text, "{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    text
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
        format!("sha256:{}", &expected.digest.hex()[..12]),
        seen.attempt.as_ref().map_or_else(dash, |attempt| attempt.phase.words().to_owned()),
        targets.unwrap_or_else(dash),
        lacks(seen).unwrap_or_else(dash),
    ]
}

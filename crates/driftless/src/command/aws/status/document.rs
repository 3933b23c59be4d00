//! What `driftless status --env --json` prints.

use cloud::rollout::{Expected, Snapshot, Stage, Target};
use oci::Digest;
use serde::Serialize;

use super::{is_healthy, is_paused, lacks};
use crate::command::aws::place::Place;

/// Its version.
pub(super) const SCHEMA: u32 = 1;

#[derive(Serialize)]
pub(super) struct Document<'a> {
    project: &'a str,
    environment: &'a str,
    region: &'a str,
    cluster: &'a str,
    url: Option<&'a str>,
    /// Number of the release that serves.
    release: Option<u32>,
    paused: bool,
    healthy: bool,
    services: Vec<Service<'a>>,
}

#[derive(Serialize)]
struct Service<'a> {
    name: &'a str,
    desired: u32,
    digest: Digest,
    healthy: bool,
    task_definition: Option<&'a str>,
    /// The image that was rolled back to this one.
    rolled_back: Option<Digest>,
    deployment: Option<Deployment<'a>>,
    lacks: Option<String>,
    tasks: Vec<Task<'a>>,
    /// None without a load balancer.
    targets: Option<Vec<TargetState<'a>>>,
}

#[derive(Serialize)]
struct Deployment<'a> {
    id: &'a str,
    phase: &'static str,
}

#[derive(Serialize)]
struct Task<'a> {
    id: &'a str,
    stage: &'static str,
    /// Whether it is of the release that serves.
    newest: bool,
}

#[derive(Serialize)]
struct TargetState<'a> {
    address: &'a str,
    state: &'a str,
}

impl<'a> Document<'a> {
    pub(super) fn of(place: &'a Place, services: &[(&'a Expected, &'a Snapshot)], healthy: bool) -> Self {
        Self {
            project: &place.site.project,
            environment: &place.site.environment,
            region: &place.site.region,
            cluster: &place.environment.cluster,
            url: place.environment.url.as_deref(),
            release: place.live.as_ref().map(|live| live.number),
            paused: is_paused(place),
            healthy,
            services: services.iter().map(|(expected, seen)| Service::of(expected, seen)).collect(),
        }
    }
}

impl<'a> Service<'a> {
    fn of(expected: &'a Expected, seen: &'a Snapshot) -> Self {
        let target = |target: &'a Target| TargetState { address: &target.address, state: &target.state };
        Self {
            name: &expected.service,
            desired: seen.desired,
            digest: expected.digest,
            healthy: is_healthy(seen),
            task_definition: expected.task_definition.as_deref(),
            rolled_back: seen.rolled_back,
            deployment: seen.attempt.as_ref().map(|it| Deployment { id: &it.id, phase: it.phase.words() }),
            lacks: lacks(seen),
            tasks: seen.tasks.iter().map(|it| Task { id: &it.id, stage: stage(it.stage), newest: it.ours }).collect(),
            targets: seen.targets.as_ref().map(|targets| targets.iter().map(target).collect()),
        }
    }
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Starting => "starting",
        Stage::Running => "running",
        Stage::Ending => "ending",
    }
}

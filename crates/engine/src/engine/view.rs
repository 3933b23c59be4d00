//! The engine's state as others see it.

use super::Engine;
use crate::{
    report::{EngineStatus, SCHEMA, ServiceStatus, Status, TaskStatus},
    router::TargetStatus,
    slot::{Slot, SlotState},
};

impl Engine {
    /// What runs, and how it is.
    pub fn status(&self) -> Status {
        let targets = self.host.router.targets();
        let state = self.read();
        let services: Vec<_> = state
            .services
            .iter()
            .map(|(name, service)| {
                let defined = state.stack.as_ref().and_then(|stack| stack.services.get(name));
                ServiceStatus {
                    name: name.clone(),
                    desired: defined.map_or(0, |service| service.tasks),
                    internal_url: self.host.internals.port(name).map(|port| format!("http://127.0.0.1:{port}")),
                    tasks: service.slots.iter().map(|slot| task(name, slot, &targets)).collect(),
                }
            })
            .collect();
        Status {
            schema: SCHEMA,
            project: state.stack.as_ref().map(|stack| stack.project.clone()),
            healthy: state.stack.is_some() && services.iter().all(is_healthy),
            url: self.url(),
            isolation: self.host.isolation.to_string(),
            engine: EngineStatus {
                pid: std::process::id(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                port: self.port,
                started: self.started,
            },
            services,
        }
    }
}

fn task(service: &str, slot: &Slot, targets: &[TargetStatus]) -> TaskStatus {
    let status = slot.status();
    let target = targets.iter().find(|target| target.group == service && target.target == status.task);
    TaskStatus {
        id: status.task,
        digest: slot.definition.root.digest,
        state: status.state,
        health: target.map(|target| target.state.into()),
        health_detail: target.and_then(|target| target.detail.clone()),
        address: status.address,
        started: status.started,
        restarts: status.restarts,
        last_failure: status.last_failure,
    }
}

/// Enough tasks are healthy; others may be on their way in or out.
fn is_healthy(service: &ServiceStatus) -> bool {
    let healthy =
        |task: &&TaskStatus| task.state == SlotState::Running && task.health == Some(crate::report::Health::Healthy);
    service.tasks.iter().filter(healthy).count() >= service.desired as usize
}

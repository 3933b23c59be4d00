//! The status for people.

use std::{fmt::Write, time::Duration};

use engine::{
    report::{Health, Status, TaskStatus},
    slot::SlotState,
};
use jiff::Timestamp;
use model::progress::spoken;

use crate::command::show::aligned;

const TITLES: [&str; 8] = ["SERVICE", "TASK", "IMAGE", "STATE", "HEALTH", "ADDRESS", "RESTARTS", "UPTIME"];

/// The table of `status` at the time `now`, and the last failures below it.
pub(super) fn of(status: &Status, now: Timestamp) -> String {
    let text = format!("{} at {}, isolation: {}\n\n", title(status), status.url, status.isolation);
    let mut rows = vec![TITLES.map(str::to_owned)];
    let mut failures = String::new();
    for service in &status.services {
        rows.extend(service.tasks.iter().map(|task| row(&service.name, task, now)));
        if service.tasks.is_empty() {
            rows.push([&service.name, "-", "-", "stopped", "-", "-", "-", "-"].map(str::to_owned));
        }
        for failure in service.tasks.iter().filter_map(|task| task.last_failure.as_ref()) {
            let ago = since(failure.time, now);
            let _ = write!(failures, "\nlast failure of `{}`, {ago} ago: {}", service.name, failure.reason);
            for line in &failure.last_lines {
                let _ = write!(failures, "\n  {line}");
            }
            if let Some(hint) = &failure.hint {
                let _ = write!(failures, "\n  hint: {hint}");
            }
            failures.push('\n');
        }
    }
    text + &aligned(&rows, usize::MAX) + &failures
}

fn title(status: &Status) -> String {
    let health = if status.healthy { "healthy" } else { "not healthy" };
    match &status.project {
        Some(project) => format!("`{project}` is {health}"),
        None => "nothing is released yet".to_owned(),
    }
}

fn row(service: &str, task: &TaskStatus, now: Timestamp) -> [String; 8] {
    [
        service.to_owned(),
        if task.id.is_empty() { "-".to_owned() } else { task.id.clone() },
        task.digest.short(),
        state(task.state).to_owned(),
        task.health.map_or("-", health).to_owned(),
        task.address.map_or_else(|| "-".to_owned(), |address| address.to_string()),
        task.restarts.to_string(),
        task.started.map_or_else(|| "-".to_owned(), |started| since(started, now)),
    ]
}

fn state(state: SlotState) -> &'static str {
    match state {
        SlotState::Starting => "starting",
        SlotState::Running => "running",
        SlotState::Restarting => "restarting",
        SlotState::Draining => "draining",
        SlotState::Stopping => "stopping",
        SlotState::Stopped => "stopped",
    }
}

fn health(health: Health) -> &'static str {
    match health {
        Health::Initial => "initial",
        Health::Healthy => "healthy",
        Health::Unhealthy => "unhealthy",
        Health::Draining => "draining",
    }
}

fn since(then: Timestamp, now: Timestamp) -> String {
    let seconds = u64::try_from(now.duration_since(then).as_secs()).unwrap_or_default();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => spoken(Duration::from_secs(seconds)),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use engine::{
        report::{EngineStatus, SCHEMA, ServiceStatus},
        slot::Failure,
    };

    fn at(time: &str) -> Timestamp {
        format!("2026-11-23T{time}Z").parse().expect("the tests write times")
    }

    #[test]
    fn is_a_table_with_the_last_failures_below() {
        let task = |id: &str, state, health| TaskStatus {
            id: id.to_owned(),
            digest: oci::Digest::of(b"image"),
            state,
            health,
            health_detail: None,
            address: Some(SocketAddr::from(([127, 0, 0, 1], 20_001))),
            started: Some(at("10:00:00")),
            restarts: 0,
            last_failure: None,
        };
        let failure = Failure {
            time: at("11:59:30"),
            task: "frontend-2".to_owned(),
            reason: "exited with code 3".to_owned(),
            hint: None,
            last_lines: vec!["BACKEND_URL is not a URL".to_owned()],
        };
        let failed = TaskStatus {
            restarts: 12,
            last_failure: Some(failure),
            address: None,
            ..task("", SlotState::Restarting, None)
        };
        let service =
            |name: &str, tasks| ServiceStatus { name: name.to_owned(), desired: 1, internal_url: None, tasks };
        let status = Status {
            schema: SCHEMA,
            project: Some("items".to_owned()),
            healthy: false,
            url: "http://localhost:8080".to_owned(),
            isolation: "user namespaces".to_owned(),
            engine: EngineStatus { pid: 1, version: "0.1.0".to_owned(), port: 8080, started: at("09:00:00") },
            services: vec![
                service("backend", vec![task("backend-1", SlotState::Running, Some(Health::Healthy))]),
                service("frontend", vec![failed]),
            ],
        };
        insta::assert_snapshot!(of(&status, at("12:00:00")));
    }
}

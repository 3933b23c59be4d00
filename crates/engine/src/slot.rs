//! A slot: the place of one task of a service. It keeps a healthy task there: starts it, replaces one that turned
//! unhealthy, and starts a crashed one again, with growing pauses.

mod running;
mod supervise;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use supervise::Supervisor;
use tokio::{sync::watch, task::JoinHandle};

use super::{
    definition::Definition, internal::Internals, logs::ServiceLog, ports::Ports, router::Router, sandbox::Isolation,
    spawner::Spawner,
};

/// What slots share.
#[derive(Clone)]
pub(crate) struct Host {
    pub(crate) spawner: Spawner,
    pub(crate) ports: Ports,
    pub(crate) isolation: Isolation,
    /// The router that the stack is reached through.
    pub(crate) router: Router,
    /// The routers that services reach each other through.
    pub(crate) internals: Internals,
    /// Time that a new task has to become healthy.
    pub(crate) deadline: Duration,
}

/// What a slot is at.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SlotState {
    /// Its first task is not healthy yet.
    #[default]
    Starting,
    /// It has a task that was healthy.
    Running,
    /// Its task failed and will be started again.
    Restarting,
    /// Its task finishes the requests that it has.
    Draining,
    /// Its task was told to stop.
    Stopping,
    /// It has no task, and gets none.
    Stopped,
}

/// Why a task was given up.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// When.
    pub time: Timestamp,
    /// The task.
    pub task: String,
    /// Exit code, signal, or why it was not healthy.
    pub reason: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The last lines that it wrote.
    pub last_lines: Vec<String>,
}

/// What a slot shows of itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct SlotStatus {
    pub(crate) state: SlotState,
    pub(crate) task: String,
    pub(crate) address: Option<SocketAddr>,
    pub(crate) started: Option<Timestamp>,
    pub(crate) restarts: u32,
    pub(crate) last_failure: Option<Failure>,
}

/// A slot of a service. Dropping it kills its task.
pub(crate) struct Slot {
    pub(crate) definition: Arc<Definition>,
    status: watch::Receiver<SlotStatus>,
    stop: watch::Sender<Option<Stop>>,
    worker: JoinHandle<()>,
}

/// How a slot is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Finish the requests in flight, then SIGTERM.
    Drain,
    /// SIGKILL.
    Kill,
}

impl Slot {
    /// Starts a task of `definition`. If its first one fails, so has the slot.
    pub(crate) fn start(host: Host, definition: Arc<Definition>, log: ServiceLog) -> Self {
        let (shown, status) = watch::channel(SlotStatus::default());
        let (stop, told) = watch::channel(None);
        let supervisor = Supervisor::new(host, definition.clone(), log, shown);
        Self { definition, status, stop, worker: tokio::spawn(supervisor.run(told)) }
    }

    pub(crate) fn status(&self) -> SlotStatus {
        self.status.borrow().clone()
    }

    /// Waits until the first task is healthy, or says why it is not.
    pub(crate) async fn ready(&self) -> Result<(), Failure> {
        let mut status = self.status.clone();
        let settled = status.wait_for(|status| status.state != SlotState::Starting).await;
        match settled.map(|status| (status.state, status.last_failure.clone())) {
            Ok((SlotState::Running | SlotState::Restarting, _)) => Ok(()),
            Ok((_, Some(failure))) => Err(failure),
            _ => Err(Failure::of("", "was stopped before it was healthy".to_owned(), Vec::new())),
        }
    }

    /// Ends the slot's task and waits for that.
    pub(crate) async fn stop(&self, how: Stop) {
        // The worker is gone if the first task failed.
        let _ = self.stop.send(Some(how));
        let mut status = self.status.clone();
        // An error says that the worker is gone.
        let _ = status.wait_for(|status| status.state == SlotState::Stopped).await;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.worker.abort();
    }
}

impl Failure {
    pub(crate) fn of(task: &str, reason: String, last_lines: Vec<String>) -> Self {
        Self { time: Timestamp::now(), task: task.to_owned(), reason, hint: None, last_lines }
    }

    pub(crate) fn hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }
}

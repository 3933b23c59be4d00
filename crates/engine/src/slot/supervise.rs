//! The loop that keeps a slot's task healthy.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use model::progress::spoken;
use tokio::{sync::watch, time::sleep};

use super::{Definition, Failure, Host, ServiceLog, SlotState, SlotStatus, Stop, running::Running};
use crate::backoff::Backoff;

/// Ports that are tried for one task.
const PORT_TRIES: u32 = 3;

/// A task that did not become healthy.
struct Failed {
    failure: Failure,
    port_was_stolen: bool,
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self { failure, port_was_stolen: false }
    }
}

/// The worker of a slot.
pub(super) struct Supervisor {
    host: Host,
    definition: Arc<Definition>,
    log: ServiceLog,
    shown: watch::Sender<SlotStatus>,
    backoff: Backoff,
    current: Option<Running>,
    /// A replacement that is not healthy yet.
    next: Option<Running>,
}

impl Supervisor {
    pub(super) fn new(
        host: Host,
        definition: Arc<Definition>,
        log: ServiceLog,
        shown: watch::Sender<SlotStatus>,
    ) -> Self {
        Self { host, definition, log, shown, backoff: Backoff::default(), current: None, next: None }
    }

    /// Keeps a task running until `told` to stop. Ends early only if the first task fails.
    pub(super) async fn run(mut self, mut told: watch::Receiver<Option<Stop>>) {
        let how = tokio::select! {
            failure = self.keep() => {
                self.show(|status| status.last_failure = Some(failure));
                // It failed: nothing is in flight that it could finish.
                Stop::Kill
            }
            how = order(&mut told) => how,
        };
        if how == Stop::Drain {
            tokio::select! {
                () = self.end() => {}
                // Told again, and in a hurry.
                () = hurry(&mut told) => {}
            }
        }
        // What has ended is not killed again.
        self.kill().await;
        self.show(|status| status.state = SlotState::Stopped);
    }

    /// Returns if the first task fails; after it was healthy, failures are repaired.
    async fn keep(&mut self) -> Failure {
        if let Err(failure) = self.replace().await {
            return failure;
        }
        loop {
            let Some(current) = &self.current else { return Failure::of("", "has no task".to_owned(), Vec::new()) };
            let (failure, ended) = current.trouble().await;
            let pause = self.backoff.failed(current.since.elapsed());
            if ended {
                current.deregister(false).await;
                self.current = None;
            }
            self.report(failure, ended, pause);
            self.repair(pause).await;
        }
    }

    /// Tries until there is a healthy task. An unhealthy one stays meanwhile: it may still answer something.
    async fn repair(&mut self, mut pause: Duration) {
        loop {
            sleep(pause).await;
            self.show(|status| status.restarts += 1);
            match self.replace().await {
                Ok(()) => return,
                Err(failure) => {
                    pause = self.backoff.failed(Duration::ZERO);
                    self.report(failure, true, pause);
                }
            }
        }
    }

    /// Starts a task, waits until it is healthy, and lets the one before it, if any, go. Another program that was
    /// quicker to take the task's port is not the task's fault.
    async fn replace(&mut self) -> Result<(), Failure> {
        for _ in 1..PORT_TRIES {
            match self.try_replace().await {
                Err(Failed { port_was_stolen: true, .. }) => {}
                done => return done.map_err(|failed| failed.failure),
            }
        }
        self.try_replace().await.map_err(|failed| failed.failure)
    }

    async fn try_replace(&mut self) -> Result<(), Failed> {
        let next = Running::start(&self.host, &self.definition, &self.log).await?;
        if self.current.is_none() {
            self.show_task(&next);
        }
        let next = self.next.insert(next);
        if let Err(failure) = next.healthy().await {
            next.discard().await;
            let port_was_stolen = next.port.was_stolen();
            self.next = None;
            return Err(Failed { failure, port_was_stolen });
        }
        let old = self.current.take();
        self.current = self.next.take();
        if let Some(current) = &self.current {
            self.show_task(current);
        }
        self.show(|status| status.state = SlotState::Running);
        if let Some(old) = old {
            old.discard().await;
        }
        Ok(())
    }

    /// Lets everything go in order.
    async fn end(&mut self) {
        self.show(|status| status.state = SlotState::Draining);
        let running: Vec<_> = self.current.iter().chain(&self.next).collect();
        for task in &running {
            task.deregister(true).await;
        }
        self.show(|status| status.state = SlotState::Stopping);
        for task in &running {
            if !task.stop().await {
                let patience = spoken(self.definition.stop_timeout);
                self.log.note(&task.id, format!("was killed: it did not stop within {patience}"));
            }
        }
    }

    async fn kill(&mut self) {
        for task in self.current.iter().chain(&self.next) {
            task.deregister(false).await;
            task.task.kill().await;
        }
    }

    fn report(&self, failure: Failure, ended: bool, pause: Duration) {
        let what = if ended { "starting another" } else { "replacing it" };
        self.log.note(&failure.task, format!("{}; {what} in {}", failure.reason, spoken(pause)));
        self.show(|status| {
            status.state = SlotState::Restarting;
            status.last_failure = Some(failure);
        });
    }

    fn show_task(&self, task: &Running) {
        self.show(|status| {
            status.task.clone_from(&task.id);
            status.address = Some(task.port.address());
            status.started = Some(Timestamp::now());
        });
    }

    fn show(&self, change: impl FnOnce(&mut SlotStatus)) {
        self.shown.send_modify(change);
    }
}

/// The first order to stop. A slot that is gone wants no task either.
async fn order(told: &mut watch::Receiver<Option<Stop>>) -> Stop {
    told.wait_for(Option::is_some).await.ok().and_then(|how| *how).unwrap_or(Stop::Kill)
}

/// The order to stop at once.
async fn hurry(told: &mut watch::Receiver<Option<Stop>>) {
    // An error says that the slot is gone.
    let _ = told.wait_for(|how| *how == Some(Stop::Kill)).await;
}

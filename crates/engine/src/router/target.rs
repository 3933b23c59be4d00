//! A target: an address that requests go to, its health, and what is in flight to it.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    sync::{Notify, watch},
    task::AbortHandle,
    time::timeout,
};

use super::{
    lock,
    pool::Pool,
    settings::Settings,
    status::{Drained, NotHealthy, Reason, TargetState, TargetStatus},
};

/// A state with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) state: TargetState,
    pub(super) reason: Option<Reason>,
    pub(super) detail: Option<String>,
}

impl Condition {
    pub(super) const HEALTHY: Self = Self { state: TargetState::Healthy, reason: None, detail: None };
}

/// A registered target.
pub(super) struct Target {
    id: String,
    condition: watch::Sender<Condition>,
    draining: AtomicBool,
    in_flight: AtomicUsize,
    finished: Notify,
    checks: Mutex<Option<AbortHandle>>,
    pub(super) pool: Arc<Pool>,
}

impl Target {
    pub(super) fn new(id: &str, address: SocketAddr, settings: &Settings) -> Self {
        let condition = Condition {
            state: TargetState::Initial,
            reason: Some(Reason::RegistrationInProgress),
            detail: Some("the first check has not ended yet".to_owned()),
        };
        Self {
            id: id.to_owned(),
            condition: watch::Sender::new(condition),
            draining: AtomicBool::new(false),
            in_flight: AtomicUsize::new(0),
            finished: Notify::new(),
            checks: Mutex::default(),
            pool: Pool::new(address, settings),
        }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.pool.address()
    }

    pub(super) fn state(&self) -> TargetState {
        self.condition.borrow().state
    }

    pub(super) fn status(&self, group: &str) -> TargetStatus {
        let Condition { state, reason, detail } = self.condition.borrow().clone();
        TargetStatus {
            group: group.to_owned(),
            target: self.id.clone(),
            address: self.address(),
            state,
            reason,
            detail,
            in_flight: self.in_flight.load(Ordering::Relaxed),
        }
    }

    /// The task that checks this target's health; it ends with the target.
    pub(super) fn checked_by(&self, task: AbortHandle) {
        *lock::hold(&self.checks) = Some(task);
    }

    /// Takes note of what the checks found. Draining is final.
    pub(super) fn observe(&self, found: Condition) {
        self.condition.send_if_modified(|condition| {
            let news = condition.state != TargetState::Draining && *condition != found;
            if news {
                *condition = found;
            }
            news
        });
    }

    /// Counts a request in flight, unless the target drains.
    pub(super) fn lease(self: &Arc<Self>) -> Option<Lease> {
        self.in_flight.fetch_add(1, Ordering::SeqCst);
        let lease = Lease { target: self.clone() };
        // Counted first, looked second; `drain` says first and counts second. So one of the two sees the other.
        (!self.draining.load(Ordering::SeqCst)).then_some(lease)
    }

    /// Stops new requests, waits for those in flight at most `limit`, then cuts what is left.
    pub(super) async fn drain(&self, limit: Duration) -> Drained {
        let began = Instant::now();
        self.condition.send_replace(Condition {
            state: TargetState::Draining,
            reason: Some(Reason::DeregistrationInProgress),
            detail: Some("finishing the requests in flight".to_owned()),
        });
        self.draining.store(true, Ordering::SeqCst);
        self.stop_checks();
        self.pool.close();
        let cut = match timeout(limit, self.all_finished()).await {
            Ok(()) => 0,
            Err(_elapsed) => self.in_flight.load(Ordering::SeqCst),
        };
        self.pool.cut();
        Drained { cut, waited: began.elapsed() }
    }

    async fn all_finished(&self) {
        loop {
            let finished = self.finished.notified();
            if self.in_flight.load(Ordering::SeqCst) == 0 {
                return;
            }
            finished.await;
        }
    }

    fn stop_checks(&self) {
        if let Some(task) = lock::hold(&self.checks).take() {
            task.abort();
        }
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.stop_checks();
    }
}

/// A request in flight to a target, from the choice of the target to the end of the response.
pub(super) struct Lease {
    target: Arc<Target>,
}

impl Lease {
    pub(super) fn target(&self) -> &Target {
        &self.target
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.target.in_flight.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.target.finished.notify_waiters();
        }
    }
}

/// Waits for `found`, which was looked up as `target` in `group`.
pub(super) async fn wait_healthy(
    group: &str,
    target: &str,
    found: Option<Arc<Target>>,
    limit: Duration,
) -> Result<(), NotHealthy> {
    let began = Instant::now();
    let not_healthy = |last: Option<Condition>| NotHealthy {
        group: group.to_owned(),
        target: target.to_owned(),
        waited: began.elapsed(),
        state: last.as_ref().map(|last| last.state),
        reason: last.as_ref().and_then(|last| last.reason),
        detail: last.and_then(|last| last.detail),
    };
    // Only the receiver is kept, so that a removed target is dropped and the wait ends.
    let Some(mut condition) = found.map(|found| found.condition.subscribe()) else {
        return Err(not_healthy(None));
    };
    let settled = |condition: &Condition| matches!(condition.state, TargetState::Healthy | TargetState::Draining);
    let ended = timeout(limit, condition.wait_for(settled)).await.map(|seen| seen.map(|last| last.state));
    match ended {
        Ok(Ok(TargetState::Healthy)) => Ok(()),
        Ok(Err(_removed)) => Err(not_healthy(None)),
        _ => Err(not_healthy(Some(condition.borrow().clone()))),
    }
}

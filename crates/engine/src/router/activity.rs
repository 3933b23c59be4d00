//! When something last happened, for idle timeouts.

use std::{
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use tokio::time::sleep;

/// A clock that starts anew with every sign of life.
pub(super) struct Activity {
    began: Instant,
    /// Milliseconds from `began` to the last sign of life.
    last: AtomicU64,
    /// How many wait for something that has a timeout of its own.
    waiting: AtomicUsize,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self { began: Instant::now(), last: AtomicU64::new(0), waiting: AtomicUsize::new(0) }
    }

    pub(super) fn touch(&self) {
        self.last.store(self.now(), Ordering::Relaxed);
    }

    /// The time since the last sign of life.
    pub(super) fn quiet(&self) -> Duration {
        Duration::from_millis(self.now().saturating_sub(self.last.load(Ordering::Relaxed)))
    }

    /// Keeps the clock from running out while the guard lives.
    pub(super) fn wait(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting { activity: self }
    }

    /// Resolves when there was no sign of life for `limit`.
    pub(super) async fn quiet_for(&self, limit: Duration) {
        loop {
            let waiting = self.waiting.load(Ordering::Relaxed) > 0;
            let quiet = if waiting { Duration::ZERO } else { self.quiet() };
            if quiet >= limit {
                return;
            }
            sleep(limit.saturating_sub(quiet)).await;
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Someone waits; ends with a sign of life.
pub(super) struct Waiting<'a> {
    activity: &'a Activity,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.activity.touch();
        self.activity.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

//! What was sent.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// Counts requests and the bytes of their bodies; clones count together.
#[derive(Clone, Debug, Default)]
pub struct Traffic(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    requests: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
}

impl Traffic {
    /// Requests so far: every attempt, redirect and token counts.
    pub fn requests(&self) -> u64 {
        self.0.requests.load(Relaxed)
    }

    /// Bytes of request bodies so far.
    pub fn sent(&self) -> u64 {
        self.0.sent.load(Relaxed)
    }

    /// Bytes of answers' bodies so far.
    pub fn received(&self) -> u64 {
        self.0.received.load(Relaxed)
    }

    pub(super) fn request(&self) {
        self.0.requests.fetch_add(1, Relaxed);
    }

    pub(super) fn send(&self, bytes: usize) {
        self.0.sent.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn receive(&self, bytes: usize) {
        self.0.received.fetch_add(bytes as u64, Relaxed);
    }
}

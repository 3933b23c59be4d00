//! Accounting of requests and bytes.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// Requests to a registry and the bytes of their bodies. Clones share the counters.
#[derive(Clone, Debug, Default)]
pub struct Traffic(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    requests: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
}

impl Traffic {
    /// Requests so far; each attempt, redirect and request for a token is one.
    pub fn requests(&self) -> u64 {
        self.0.requests.load(Relaxed)
    }

    /// Bytes of request bodies so far.
    pub fn sent(&self) -> u64 {
        self.0.sent.load(Relaxed)
    }

    /// Bytes of response bodies so far.
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

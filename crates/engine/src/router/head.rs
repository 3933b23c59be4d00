//! How long a client takes for the head of a request, apart from the time in which it asks nothing.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use hyper::body::{Body, Frame, SizeHint};
use tokio::time::sleep;

/// A clock that runs from the first byte of a head to its last.
pub(super) struct HeadClock {
    began: Instant,
    /// Milliseconds from `began` to the first byte, and one more; 0 while nothing has come.
    first: AtomicU64,
    /// Requests that are being answered: what comes meanwhile is of their bodies.
    answered: AtomicUsize,
}

impl HeadClock {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { began: Instant::now(), first: AtomicU64::new(0), answered: AtomicUsize::new(0) })
    }

    /// Bytes came from the client.
    pub(super) fn received(&self) {
        if self.answered.load(Ordering::Relaxed) == 0 {
            // Not the first byte of this head: its time runs already.
            let _ = self.first.compare_exchange(0, self.now() + 1, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// A head is complete, and answered while the guard lives.
    pub(super) fn complete(self: &Arc<Self>) -> Answering {
        self.answered.fetch_add(1, Ordering::Relaxed);
        self.first.store(0, Ordering::Relaxed);
        Answering(self.clone())
    }

    /// Resolves when a head has taken longer than `limit`.
    pub(super) async fn slow(&self, limit: Duration) {
        loop {
            let first = self.first.load(Ordering::Relaxed);
            let taken = Duration::from_millis(if first == 0 { 0 } else { self.now() + 1 - first });
            if taken >= limit {
                return;
            }
            // None can be too slow before.
            sleep(limit.saturating_sub(taken)).await;
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX - 1)
    }
}

/// A request is being answered.
pub(super) struct Answering(Arc<HeadClock>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answered.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A response's body, and that it is being sent.
pub(super) struct Answer<B> {
    pub(super) body: B,
    pub(super) _answering: Answering,
}

impl<B: Body + Unpin> Body for Answer<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

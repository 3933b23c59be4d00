//! A clock that moves when somebody waits for it.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use cloud::rollout::Clock;
use jiff::Timestamp;

/// When every script begins.
const BEGIN: i64 = 1_700_000_000_000;

#[derive(Clone, Default)]
pub(super) struct Virtual(Arc<AtomicI64>);

impl Virtual {
    /// Seconds since the beginning.
    pub(super) fn seconds(&self) -> i64 {
        self.0.load(Ordering::SeqCst) / 1000
    }
}

impl Clock for Virtual {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(BEGIN + self.0.load(Ordering::SeqCst)).unwrap()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.0.fetch_add(i64::try_from(duration.as_millis()).unwrap(), Ordering::SeqCst);
        Box::pin(std::future::ready(()))
    }
}

/// A moment as ECS writes it.
pub(super) fn written(seconds: i64) -> i64 {
    BEGIN / 1000 + seconds
}

//! The figures of a transfer: requests, bytes, time.

use std::time::{Duration, Instant};

use model::progress::spoken;
use registry::Traffic;
use serde::Serialize;

use crate::command::show::size;

/// Requests, bytes of bodies, and seconds of a transfer.
#[derive(Clone, Copy, Debug, Serialize)]
pub(in crate::command) struct Figures {
    requests: u64,
    sent_bytes: u64,
    received_bytes: u64,
    seconds: f64,
}

impl Figures {
    /// From the counters of a registry, since `started`.
    pub(in crate::command) fn of(traffic: &Traffic, started: Instant) -> Self {
        let milliseconds = f64::from(u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX));
        Self {
            requests: traffic.requests(),
            sent_bytes: traffic.sent(),
            received_bytes: traffic.received(),
            seconds: milliseconds / 1000.0,
        }
    }

    /// `7 requests, 3.6 MB sent, 0.4 s`.
    pub(in crate::command) fn words(&self) -> String {
        let requests = if self.requests == 1 { "request" } else { "requests" };
        let (bytes, verb) = if self.received_bytes > self.sent_bytes {
            (self.received_bytes, "received")
        } else {
            (self.sent_bytes, "sent")
        };
        let time = spoken(Duration::from_secs_f64(self.seconds));
        format!("{} {requests}, {} {verb}, {time}", self.requests, size(bytes))
    }
}

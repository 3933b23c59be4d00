//! Timeouts and limits.

use std::time::Duration;

/// Timeouts and limits of a client. The defaults are for registries on the internet.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Attempts of each step, including the first.
    pub attempts: u32,
    /// Pause before the second attempt. It doubles with each further attempt, and is shortened by up to a half at random.
    pub pause: Duration,
    /// Longest pause. A step fails if the registry asks for a longer one in `Retry-After`.
    pub longest_pause: Duration,
    /// Timeout for connecting.
    pub connect: Duration,
    /// Timeout without a byte transferred, and for the start of a response.
    pub silence: Duration,
    /// Bytes per second, over a whole transfer, below which it times out.
    pub slowest: u64,
    /// Blobs that are transferred at the same time.
    pub parallel: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            attempts: 6,
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_mins(1),
            connect: Duration::from_secs(10),
            silence: Duration::from_mins(1),
            slowest: 4 << 10,
            parallel: 6,
        }
    }
}

impl Settings {
    /// The time in which `bytes` must have been transferred.
    pub(super) fn deadline(&self, bytes: u64) -> Duration {
        self.silence.saturating_add(Duration::from_millis(bytes.saturating_mul(1000) / self.slowest.max(1)))
    }
}

//! How patient the client is.

use std::time::Duration;

/// Limits of one registry's client. The defaults suit the internet; tests are less patient.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Times that a step is tried, the first included.
    pub attempts: u32,
    /// Pause before the second attempt; doubled for each one after it, and shortened by chance.
    pub pause: Duration,
    /// Longest pause, whoever asks for it; a registry that wants more is given up.
    pub longest_pause: Duration,
    /// Time to connect.
    pub connect: Duration,
    /// Time without a byte moving, or until an answer begins, after which a request is given up.
    pub silence: Duration,
    /// Bytes per second below which a transfer counts as stuck, even if it never pauses.
    pub slowest: u64,
    /// Blobs that move at once.
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
    /// The longest time that moving `bytes` may take.
    pub(super) fn deadline(&self, bytes: u64) -> Duration {
        self.silence + Duration::from_secs(bytes / self.slowest.max(1))
    }
}

//! How long to wait before a task that failed is started again.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);
/// A task that ran this long was fine, and starts from the beginning.
const FINE: Duration = Duration::from_mins(1);

/// Doubles the pause with every failure in a row.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The pause after one more failure, of a task that was healthy for `healthy`.
    pub(crate) fn failed(&mut self, healthy: Duration) -> Duration {
        if healthy >= FINE {
            self.failures = 0;
        }
        let pause = FIRST.saturating_mul(1 << self.failures.min(16)).min(LONGEST);
        self.failures += 1;
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_half_a_minute_and_starts_again_after_a_minute_of_health() {
        let mut backoff = Backoff::default();
        let pauses: Vec<_> = (0..8).map(|_| backoff.failed(Duration::ZERO).as_millis()).collect();
        assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
        assert_eq!(backoff.failed(Duration::from_secs(59)), Duration::from_secs(30));
        assert_eq!(backoff.failed(Duration::from_secs(61)), Duration::from_millis(500));
    }
}

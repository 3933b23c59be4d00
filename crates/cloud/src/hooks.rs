//! What tests have a program do. In no build without the feature `test-hooks`, and no release has that.

/// The step `name` is done: here a test ends the program, as if it had been killed.
#[cfg(not(feature = "test-hooks"))]
pub(crate) fn after(_step: &str) {}

/// The clock by which deployments are watched.
#[cfg(not(feature = "test-hooks"))]
pub(crate) fn clock() -> &'static dyn crate::rollout::Clock {
    &crate::rollout::System
}

#[cfg(feature = "test-hooks")]
pub(crate) use self::on::{after, clock};

#[cfg(feature = "test-hooks")]
mod on {
    use std::{env, pin::Pin, process, time::Duration};

    use jiff::Timestamp;

    use crate::rollout::{Clock, System};

    /// Names the step after which the program ends.
    const KILL_AFTER: &str = "DRIFTLESS_TEST_KILL_AFTER";

    /// Set where time passes by being looked at: in the simulated account.
    const HURRY: &str = "DRIFTLESS_TEST_HURRY";

    /// What a shell reports of a program that was killed.
    const KILLED: i32 = 137;

    pub(crate) fn after(step: &str) {
        if env::var(KILL_AFTER).is_ok_and(|chosen| chosen == step) {
            process::exit(KILLED);
        }
    }

    pub(crate) fn clock() -> &'static dyn Clock {
        if env::var_os(HURRY).is_some() { &Hurried } else { &System }
    }

    /// Waits a tenth of the time.
    struct Hurried;

    impl Clock for Hurried {
        fn now(&self) -> Timestamp {
            Timestamp::now()
        }

        fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
            Box::pin(tokio::time::sleep(duration / 10))
        }
    }
}

//! Repeating a step that failed for a passing reason.

use std::{
    future::Future,
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use reqwest::{Response, header::RETRY_AFTER};

use super::{Settings, error::Error};

/// Runs `step` until it succeeds, fails for a lasting reason, or has failed [`Settings::attempts`] times. `report` gets the
/// error and the pause before each further attempt.
pub(super) async fn retrying<T, F: Future<Output = Result<T, Error>>>(
    settings: &Settings,
    report: impl Fn(&Error, Duration),
    step: impl Fn() -> F,
) -> Result<T, Error> {
    let mut attempt = 1;
    loop {
        let failure = match step().await {
            Err(failure) if failure.is_passing() && attempt < settings.attempts => failure,
            other => return other,
        };
        let pause = match failure.retry_after() {
            Some(asked) if asked > settings.longest_pause => return Err(failure),
            Some(asked) => asked,
            None => jittered(backoff(settings, attempt)),
        };
        report(&failure, pause);
        tokio::time::sleep(pause).await;
        attempt += 1;
    }
}

fn backoff(settings: &Settings, attempt: u32) -> Duration {
    settings.pause.saturating_mul(1 << (attempt - 1).min(16)).min(settings.longest_pause)
}

/// Between half of the pause and all of it, at random, so that clients that failed together do not return together.
fn jittered(pause: Duration) -> Duration {
    // Each instance has a random seed.
    let chance = RandomState::new().hash_one(()) >> 40;
    let chance = f64::from(u32::try_from(chance).unwrap_or(0)) / f64::from(1 << 24);
    pause.mul_f64(0.5 + chance / 2.0)
}

/// The seconds of `Retry-After`. Its other form, a date, is ignored: the usual pause is used.
pub(super) fn after(response: &Response) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    fn settings() -> Settings {
        Settings { attempts: 5, pause: Duration::from_millis(1), ..Settings::default() }
    }

    fn passing() -> Error {
        Error::Transport { request: String::new(), reason: String::new(), lasting: false, remedy: None }
    }

    async fn attempts(fail: impl Fn() -> Error) -> u32 {
        let count = Cell::new(0);
        let step = || {
            count.set(count.get() + 1);
            async { Err::<(), _>(fail()) }
        };
        retrying(&settings(), |_, _| (), step).await.unwrap_err();
        count.get()
    }

    #[tokio::test]
    async fn gives_up_at_once_when_there_is_no_point_and_after_some_attempts_otherwise() {
        assert_eq!(attempts(passing).await, 5);
        let lasting = || Error::Protocol { request: String::new(), reason: String::new() };
        assert_eq!(attempts(lasting).await, 1);
        let patience = || Error::Refused {
            request: String::new(),
            status: reqwest::StatusCode::TOO_MANY_REQUESTS,
            codes: Vec::new(),
            message: String::new(),
            retry_after: Some(Duration::from_hours(1)),
            remedy: None,
        };
        assert_eq!(attempts(patience).await, 1);
    }

    #[tokio::test]
    async fn succeeds_with_the_attempt_that_does() {
        let (left, pauses) = (Cell::new(2), RefCell::new(Vec::new()));
        let step = || {
            left.set(left.get() - 1);
            let done = left.get() < 0;
            async move { if done { Ok("done") } else { Err(passing()) } }
        };
        let told = |_: &Error, pause| pauses.borrow_mut().push(pause);
        assert_eq!(retrying(&settings(), told, step).await.unwrap(), "done");
        assert_eq!(pauses.borrow().len(), 2);
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_are_at_least_half_of_that() {
        let settings = Settings::default();
        assert_eq!(backoff(&settings, 1), settings.pause);
        assert_eq!(backoff(&settings, 3), settings.pause * 4);
        assert_eq!(backoff(&settings, 40), settings.longest_pause);
        for _ in 0..100 {
            let pause = jittered(Duration::from_secs(1));
            assert!((0.5..=1.0).contains(&pause.as_secs_f64()), "{pause:?}");
        }
    }
}

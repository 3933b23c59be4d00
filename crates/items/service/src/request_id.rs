//! Request ids: the caller's if it is harmless, else a new one.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The header of the id, in requests and responses.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Longest id that is accepted from a caller, in characters.
const MAX_LENGTH: usize = 64;

/// The id in the log lines of a request; in the extensions of every request and response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

tokio::task_local! {
    static CURRENT: RequestId;
}

impl RequestId {
    /// The id of the request that this task handles; none outside of [`crate::observe()`].
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Self::clone).ok()
    }

    /// Runs `answer` with this as the [`Self::current`] id.
    pub(crate) async fn scope<F: Future>(self, answer: F) -> F::Output {
        CURRENT.scope(self, answer).await
    }

    /// The caller's id if it is short and plain, so that it cannot forge log lines, else a new one.
    pub fn of(headers: &HeaderMap) -> Self {
        headers.get(&HEADER).filter(|value| is_plain(value.as_bytes())).map_or_else(Self::random, |id| Self(id.clone()))
    }

    /// 128 random bits in hexadecimal.
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        // Ids are not secret. Without randomness, requests would share one.
        let _ = getrandom::fill(&mut bytes);
        let text = format!("{:032x}", u128::from_ne_bytes(bytes));
        Self(HeaderValue::try_from(text).expect("hexadecimal digits are a valid header value"))
    }

    /// The id, which is visible ASCII.
    pub fn as_str(&self) -> &str {
        self.0.to_str().expect("built from visible characters only")
    }

    /// The value for [`HEADER`].
    pub fn header_value(&self) -> HeaderValue {
        self.0.clone()
    }
}

fn is_plain(id: &[u8]) -> bool {
    (1..=MAX_LENGTH).contains(&id.len())
        && id.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(id: &'static str) -> RequestId {
        RequestId::of(&HeaderMap::from_iter([(HEADER, HeaderValue::from_static(id))]))
    }

    #[test]
    fn keeps_a_plain_id_of_the_caller() {
        assert_eq!(of("3f-A_9.z").as_str(), "3f-A_9.z");
    }

    #[test]
    fn replaces_an_id_that_is_empty_long_or_odd() {
        for id in ["", "a b", "a\"b", "a\tb", "0123456789012345678901234567890123456789012345678901234567890123456789"]
        {
            assert_eq!(of(id).as_str().len(), 32, "{id}");
        }
        assert_ne!(RequestId::random(), RequestId::random());
    }
}

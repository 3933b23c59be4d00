//! `X-Amzn-Trace-Id` ("Request tracing for your Application Load Balancer").

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

/// The header's value for a request that came with `given`: a `Root` if it has none, else a `Self` in front.
pub(super) fn trace_id(given: Option<&str>, now: SystemTime) -> String {
    let Some(given) = given.filter(|given| !given.trim().is_empty()) else {
        return format!("Root={}", fresh(now));
    };
    let fields = || given.split(';').map(str::trim);
    if !fields().any(|field| field.starts_with("Root=")) {
        return format!("Root={};{given}", fresh(now));
    }
    let kept: Vec<_> = fields().filter(|field| !field.starts_with("Self=")).collect();
    format!("Self={};{}", fresh(now), kept.join(";"))
}

/// `1-<seconds since the epoch, 8 hex digits>-<24 hex digits>`, the latter unique rather than secret.
fn fresh(now: SystemTime) -> String {
    static KEYS: LazyLock<[RandomState; 2]> = LazyLock::new(Default::default);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let [high, low] = [&KEYS[0], &KEYS[1]].map(|key| key.hash_one(count));
    let seconds = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    format!("1-{:08x}-{high:016x}{:08x}", seconds & 0xffff_ffff, low & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(0x6789_1233)
    }

    fn is_fresh(id: &str) -> bool {
        let digits = id.strip_prefix("1-67891233-").unwrap_or_default();
        digits.len() == 24 && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    }

    #[test]
    fn a_request_without_one_gets_a_root() {
        let id = trace_id(None, at());
        assert!(id.strip_prefix("Root=").is_some_and(is_fresh), "{id}");
        assert_ne!(id, trace_id(Some(" "), at()));
    }

    #[test]
    fn a_root_is_kept_and_self_replaced() {
        let id = trace_id(Some("Self=1-a-b; Root=1-67891233-abcdef012345678912345678;CalledFrom=app"), at());
        let (own, rest) = id.split_once(';').unwrap_or_default();
        assert!(own.strip_prefix("Self=").is_some_and(is_fresh), "{id}");
        assert_eq!(rest, "Root=1-67891233-abcdef012345678912345678;CalledFrom=app");
    }

    #[test]
    fn other_fields_without_a_root_get_one() {
        let id = trace_id(Some("CalledFrom=app"), at());
        assert!(id.starts_with("Root=1-67891233-") && id.ends_with(";CalledFrom=app"), "{id}");
    }
}

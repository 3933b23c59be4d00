//! Response headers that every answer of ours has.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// What an answer says unless its handler said otherwise.
const DEFAULTS: [(HeaderName, HeaderValue); 5] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    ),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];

/// Adds the security headers that `headers` lacks, and HSTS when the client came over TLS.
pub fn add(headers: &mut HeaderMap, https: bool) {
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(value);
    }
    if https {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HSTS);
    }
}

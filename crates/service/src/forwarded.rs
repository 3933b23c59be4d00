//! What the load balancer says about the client's connection.

use axum::http::HeaderMap;

/// Whether the client's own connection was encrypted. Anyone can send this header to a server that has no load
/// balancer in front: use it only for what harms nobody but the sender, such as HSTS and the name of a cookie.
pub fn is_https(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|proto| proto.as_bytes().eq_ignore_ascii_case(b"https"))
}

//! Header fields that a proxy removes, adds or refuses.

use std::{
    net::{IpAddr, SocketAddr},
    time::SystemTime,
};

use hyper::{
    HeaderMap,
    header::{self, HeaderName, HeaderValue},
};

use super::{client::Scheme, trace_id::trace_id};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const X_AMZN_TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

/// RFC 9110, section 7.6.1, and the obsolete `Proxy-Connection` that it names too.
const HOP_BY_HOP: [HeaderName; 6] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Removes what concerns one connection only, including the fields that `Connection` names. `Host` stays even
/// if named: naming it is an old way to make a proxy and its target see different requests.
pub(super) fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = tokens(headers, &header::CONNECTION)
        .filter(|token| !["keep-alive", "close", "upgrade"].iter().any(|known| token.eq_ignore_ascii_case(known)))
        .filter_map(|token| HeaderName::from_bytes(token.as_bytes()).ok())
        .filter(|name| name != header::HOST)
        .collect();
    // The encoding says where the body ends; a length beside it is another's, RFC 9112, section 6.3.
    if headers.contains_key(header::TRANSFER_ENCODING) {
        headers.remove(header::CONTENT_LENGTH);
    }
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

/// The protocol that the other side offers to switch to, or says that it switches to.
pub(super) fn upgrade(headers: &HeaderMap) -> Option<HeaderValue> {
    let wanted = tokens(headers, &header::CONNECTION).any(|token| token.eq_ignore_ascii_case("upgrade"));
    headers.get(header::UPGRADE).filter(|_| wanted).cloned()
}

/// Puts the upgrade back that [`remove_hop_by_hop`] removed.
pub(super) fn set_upgrade(headers: &mut HeaderMap, protocol: HeaderValue) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, protocol);
}

/// How many addresses `X-Forwarded-For` has.
pub(super) fn forwarded_for_count(headers: &HeaderMap) -> usize {
    tokens(headers, &X_FORWARDED_FOR).count()
}

/// Whether the body is encoded in a way that an Application Load Balancer does not know.
pub(super) fn has_unsupported_transfer_encoding(headers: &HeaderMap) -> bool {
    let known = |token: &str| token.eq_ignore_ascii_case("chunked") || token.eq_ignore_ascii_case("identity");
    tokens(headers, &header::TRANSFER_ENCODING).any(|token| !known(token))
}

/// Adds what tells the target about the client. AWS: "HTTP headers and Application Load Balancers"; append mode.
pub(super) fn add_forwarding(headers: &mut HeaderMap, client: SocketAddr, scheme: Scheme, port: &HeaderValue) {
    let mut forwarded = String::with_capacity(48);
    for known in tokens(headers, &X_FORWARDED_FOR) {
        forwarded.push_str(known);
        forwarded.push_str(", ");
    }
    forwarded.push_str(&address(client.ip()));
    set(headers, X_FORWARDED_FOR, forwarded);
    headers.insert(X_FORWARDED_PROTO, scheme.word());
    headers.insert(X_FORWARDED_PORT, port.clone());
    let given = headers.get(X_AMZN_TRACE_ID).and_then(|given| given.to_str().ok());
    let id = trace_id(given, SystemTime::now());
    set(headers, X_AMZN_TRACE_ID, id);
}

/// Removes the fields whose names an Application Load Balancer calls invalid.
pub(super) fn remove_invalid(headers: &mut HeaderMap) {
    let valid = |name: &HeaderName| name.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let invalid: Vec<_> = headers.keys().filter(|name| !valid(name)).cloned().collect();
    for name in invalid {
        headers.remove(name);
    }
}

/// An IPv4 client of an IPv6 listener is written as the IPv4 address that it has.
fn address(ip: IpAddr) -> String {
    ip.to_canonical().to_string()
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

/// The members of a comma-separated field, over all its lines. Lines that are not visible ASCII are ignored.
fn tokens<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests;

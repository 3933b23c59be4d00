//! Requests that the load balancer answers itself because of what they are.

use hyper::{Method, Request, StatusCode, Version, header};

use super::headers;

/// AWS: "Troubleshoot your Application Load Balancers", HTTP 463.
const MAX_FORWARDED_FOR: usize = 30;

/// The code that `request` is refused with. AWS: "Troubleshoot your Application Load Balancers".
pub(super) fn refuse<B>(request: &Request<B>) -> Option<StatusCode> {
    let headers = request.headers();
    if request.method() == Method::TRACE {
        return Some(StatusCode::METHOD_NOT_ALLOWED);
    }
    if request.method() == Method::CONNECT || !has_proper_host(request) {
        return Some(StatusCode::BAD_REQUEST);
    }
    if headers::has_unsupported_transfer_encoding(headers) {
        return Some(StatusCode::NOT_IMPLEMENTED);
    }
    if headers::forwarded_for_count(headers) > MAX_FORWARDED_FOR {
        return StatusCode::from_u16(463).ok();
    }
    None
}

/// RFC 9112, section 3.2: exactly one `Host`, which only HTTP/1.0 may leave out.
fn has_proper_host<B>(request: &Request<B>) -> bool {
    match request.headers().get_all(header::HOST).iter().count() {
        0 => request.version() == Version::HTTP_10,
        1 => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn code(request: hyper::http::request::Builder) -> Option<u16> {
        refuse(&request.body(()).unwrap()).map(|status| status.as_u16())
    }

    fn get() -> hyper::http::request::Builder {
        Request::get("/")
    }

    #[test]
    fn an_ordinary_request_is_not_refused() {
        assert_eq!(code(get().header("host", "a")), None);
    }

    #[test]
    fn host_is_needed_once() {
        assert_eq!(code(get()), Some(400));
        assert_eq!(code(get().header("host", "a").header("host", "a")), Some(400));
        assert_eq!(code(get().version(Version::HTTP_10)), None);
    }

    #[test]
    fn trace_connect_and_foreign_encodings_are_refused() {
        assert_eq!(code(get().method("TRACE").header("host", "a")), Some(405));
        assert_eq!(code(get().method("CONNECT").header("host", "a")), Some(400));
        assert_eq!(code(get().header("host", "a").header("transfer-encoding", "gzip, chunked")), Some(501));
    }

    #[test]
    fn more_than_thirty_forwarded_addresses_are_refused() {
        let addresses = |count| vec!["10.0.0.1"; count].join(", ");
        assert_eq!(code(get().header("host", "a").header("x-forwarded-for", addresses(30))), None);
        assert_eq!(code(get().header("host", "a").header("x-forwarded-for", addresses(31))), Some(463));
    }
}

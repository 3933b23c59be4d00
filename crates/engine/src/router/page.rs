//! The pages of the load balancer itself.

use hyper::{
    Response, StatusCode,
    body::Bytes,
    ext::ReasonPhrase,
    header::{self, HeaderValue},
};

use super::body::Body;

/// The response that an Application Load Balancer makes up for `status`.
pub(super) fn page(status: StatusCode) -> Response<Body> {
    let code = status.as_u16();
    let phrase = phrase(status);
    let title = format!("{code} {phrase}");
    let title = title.trim_end();
    let text = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    );
    let mut response = Response::new(Body::Page(Some(Bytes::from(text))));
    *response.status_mut() = status;
    response.extensions_mut().insert(ReasonPhrase::from_static(phrase.as_bytes()));
    let headers = response.headers_mut();
    headers.insert(header::SERVER, HeaderValue::from_static("awselb/2.0"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

/// The load balancer's words, which are not RFC 9110's in every case; codes of its own have none.
fn phrase(status: StatusCode) -> &'static str {
    match status {
        StatusCode::SERVICE_UNAVAILABLE => "Service Temporarily Unavailable",
        StatusCode::GATEWAY_TIMEOUT => "Gateway Time-out",
        _ => status.canonical_reason().unwrap_or_default(),
    }
}

//! The documentation: Swagger UI at `/docs`, the same without `Try it out` at `/redoc`, all from inside the binary.

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::{Html, IntoResponse},
};

const PAGE: &str = include_str!("../../assets/docs.html");
const START: &str = include_str!("../../assets/docs.js");
const SWAGGER_JS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui-bundle.js.gz"));
const SWAGGER_CSS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui.css.gz"));

/// Swagger UI puts style elements into the page and pictures into its style sheet; scripts are ours alone.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

pub(crate) async fn interactive() -> impl IntoResponse {
    page("get put post delete")
}

pub(crate) async fn read_only() -> impl IntoResponse {
    page("")
}

fn page(methods: &str) -> impl IntoResponse + use<> {
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(PAGE.replace("METHODS", methods)))
}

pub(crate) async fn start() -> impl IntoResponse {
    (asset("text/javascript; charset=utf-8"), START)
}

pub(crate) async fn swagger_js() -> impl IntoResponse {
    (asset("text/javascript; charset=utf-8"), compressed(), SWAGGER_JS)
}

pub(crate) async fn swagger_css() -> impl IntoResponse {
    (asset("text/css; charset=utf-8"), compressed(), SWAGGER_CSS)
}

fn asset(media_type: &'static str) -> [(HeaderName, HeaderValue); 2] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ]
}

/// Every browser takes gzip, and RFC 9110 section 12.5.3 allows it for a client that says nothing.
fn compressed() -> [(HeaderName, HeaderValue); 1] {
    [(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))]
}

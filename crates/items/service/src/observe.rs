//! The outermost layer of every server: request id, headers, panics, one log line per request.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use axum::{
    body::{Body, HttpBody},
    extract::{MatchedPath, Request},
    http::{StatusCode, header::EXPECT},
    middleware::Next,
    response::Response,
};
use futures_util::FutureExt;
use tracing::{debug, error, info};

use crate::{RequestId, headers, metrics, read_on::ReadOn, request_id};

/// The cause of a 5xx. A handler puts it into the extensions of its response, and [`observe`] logs it.
#[derive(Clone, Debug)]
pub struct Failure(pub Arc<anyhow::Error>);

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Arc::new(error.into()))
    }
}

/// Handles one request. `on_panic` makes the response to a request whose handler panicked.
///
/// Use it with `axum::middleware::from_fn` as the outermost layer:
/// `from_fn(|request, next| service::observe(request, next, page::sorry))`.
pub async fn observe(mut request: Request, next: Next, on_panic: fn(&RequestId) -> Response) -> Response {
    let started = Instant::now();
    let id = RequestId::of(request.headers());
    let https = headers::is_https(request.headers());
    let method = request.method().clone();
    let path = logged(request.uri().path());
    let route = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(id.clone());
    // Who expects `100 Continue` sends nothing before that, and a refusal is no continue.
    if !request.body().is_end_stream() && !request.headers().contains_key(EXPECT) {
        request = request.map(|body| Body::new(ReadOn::new(body)));
    }

    let answer = AssertUnwindSafe(id.clone().scope(next.run(request))).catch_unwind().await;
    let mut response = answer.unwrap_or_else(|panic| {
        let mut response = on_panic(&id);
        response.extensions_mut().insert(Failure::from(anyhow::anyhow!("panic: {}", text_of(&*panic))));
        response
    });
    response.headers_mut().insert(request_id::HEADER, id.header_value());
    headers::add(response.headers_mut(), https);

    let status = response.status();
    let duration = started.elapsed();
    metrics::count(&method, route.as_ref().map(MatchedPath::as_str), status, duration);
    let duration_us = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    let (request_id, status_code) = (id.as_str(), status.as_u16());
    if let Some(Failure(cause)) = response.extensions().get() {
        error!(request_id, %method, path, status = status_code, duration_us, cause = format!("{cause:#}"), "request failed");
    } else if is_probe(&path) && status == StatusCode::OK {
        debug!(request_id, %method, path, status = status_code, duration_us, "request");
    } else {
        info!(request_id, %method, path, status = status_code, duration_us, "request");
    }
    response
}

/// What the log says of a path: the client's words, so not many, and none that a terminal or a reader takes for others.
fn logged(path: &str) -> String {
    path.chars().take(1024).flat_map(char::escape_debug).collect()
}

/// Health checks, which are logged at level debug unless they fail.
fn is_probe(path: &str) -> bool {
    matches!(path, "/health" | "/ready" | "/api/health")
}

fn text_of(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("of an unknown kind")
}

#[cfg(test)]
mod tests {
    use axum::{Router, middleware::from_fn, response::IntoResponse, routing::get};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn panics() {
        panic!("on purpose");
    }

    fn plain_500(id: &RequestId) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, format!("request {}", id.as_str())).into_response()
    }

    async fn ask(request: axum::http::request::Builder) -> Response {
        let app = Router::new()
            .route("/", get(|id: axum::Extension<RequestId>| async move { id.0.as_str().to_owned() }))
            .route("/panic", get(panics))
            .layer(from_fn(|request, next| observe(request, next, plain_500)));
        app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn gives_the_request_id_to_the_handler_and_to_the_caller() {
        let response = ask(Request::get("/").header("x-request-id", "abc")).await;
        assert_eq!(response.headers()["x-request-id"], "abc");
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "abc");
    }

    #[tokio::test]
    async fn turns_a_panic_into_a_500_that_does_not_tell_its_text() {
        let response = ask(Request::get("/panic")).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(!body.windows(10).any(|w| w == b"on purpose"));
    }

    #[test]
    fn paths_in_the_log_are_cut_and_escaped() {
        assert_eq!(logged("/api/items/1"), "/api/items/1");
        assert_eq!(logged("/\u{9b}31m\u{202e}"), r"/\u{9b}31m\u{202e}");
        assert_eq!(logged(&"/".repeat(60_000)).len(), 1024);
    }

    #[tokio::test]
    async fn sends_hsts_only_behind_tls() {
        assert!(!ask(Request::get("/")).await.headers().contains_key("strict-transport-security"));
        let secure = ask(Request::get("/").header("x-forwarded-proto", "https")).await;
        assert!(secure.headers().contains_key("strict-transport-security"));
        assert_eq!(secure.headers()["x-content-type-options"], "nosniff");
    }
}

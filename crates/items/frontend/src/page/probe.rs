//! Answers for machines.

use api::Health;
use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use service::Failure;

use crate::{App, visitor::Visitor};

/// `GET /health`: this server is alive, whatever the backend is.
pub(crate) async fn health() -> Json<Health> {
    Json(said("healthy"))
}

/// `GET /ready`: the backend answers too, so pages have content.
pub(crate) async fn ready(State(app): State<App>, visitor: Visitor) -> Response {
    match app.backend.call(&visitor.id).health().await {
        Ok(()) => Json(said("healthy")).into_response(),
        Err(error) => {
            let mut response = (StatusCode::SERVICE_UNAVAILABLE, Json(said("unhealthy"))).into_response();
            response.extensions_mut().insert(Failure::from(error));
            response
        }
    }
}

/// `GET /robots.txt`: the forms are nothing to index.
pub(crate) async fn robots() -> ([(HeaderName, &'static str); 2], &'static str) {
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")];
    (headers, "User-agent: *\nDisallow: /items/\nDisallow: /api/\n")
}

fn said(status: &str) -> Health {
    Health { status: status.to_owned(), service: "frontend".to_owned() }
}

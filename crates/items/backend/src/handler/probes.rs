//! Who this is, whether it lives, whether it can serve.

use api::{About, Health};
use axum::{Json, extract::State};

use crate::{answer::Refusal, db::Db};

/// What this is
#[cfg_attr(test, utoipa::path(get, path = "/", tag = "service", responses((status = 200, description = "A greeting", body = About))))]
pub(crate) async fn about() -> Json<About> {
    Json(About {
        message: "Items API".to_owned(),
        version: crate::openapi::CONTRACT_VERSION.to_owned(),
        docs: "/docs".to_owned(),
    })
}

/// Whether the process is alive
#[cfg_attr(test, utoipa::path(get, path = "/health", tag = "service", responses((status = 200, description = "It is", body = Health))))]
pub(crate) async fn health() -> Json<Health> {
    healthy()
}

/// Whether the process is alive, under the path that the load balancer forwards
#[cfg_attr(test, utoipa::path(get, path = "/api/health", tag = "service", responses((status = 200, description = "It is", body = Health))))]
pub(crate) async fn api_health() -> Json<Health> {
    healthy()
}

/// Whether requests can be served: the database answers
#[cfg_attr(
    test,
    utoipa::path(
        get, path = "/ready", tag = "service",
        responses(
            (status = 200, description = "They can", body = Health),
            (status = 503, description = "They cannot", body = api::Problem, content_type = "application/problem+json"),
        ),
    )
)]
pub(crate) async fn ready(State(db): State<Db>) -> Result<Json<Health>, Refusal> {
    db.ping().await?;
    Ok(healthy())
}

fn healthy() -> Json<Health> {
    Json(Health { status: "healthy".to_owned(), service: "backend".to_owned() })
}

//! All routes.

use axum::{Router, middleware::from_fn, response::Redirect, routing::get};

use service::overload::Limit;

use crate::{
    answer,
    db::Db,
    handler::{docs, items, list, probes},
    openapi,
};

/// The whole application over `db`, which serves as many requests for items at once as `limit` says.
pub(crate) fn new(db: Db, limit: Limit) -> Router {
    Router::new()
        .route("/api/items", get(list::list).post(items::create))
        .route("/api/items/", get(no_slash).post(no_slash))
        .route("/api/items/{item_id}", get(items::get).put(items::replace).delete(items::delete))
        // What stands below is answered whatever the load.
        .route_layer(from_fn(move |request, next| limit.clone().serve(request, next, answer::busy)))
        .route("/", get(probes::about))
        .route("/health", get(probes::health))
        .route("/api/health", get(probes::api_health))
        .route("/ready", get(probes::ready))
        .route("/openapi.json", get(openapi::json))
        .route("/docs", get(docs::interactive))
        .route("/redoc", get(docs::read_only))
        .route("/docs/start.js", get(docs::start))
        .route("/docs/swagger-ui-bundle.js", get(docs::swagger_js))
        .route("/docs/swagger-ui.css", get(docs::swagger_css))
        .fallback(answer::no_such_path)
        .method_not_allowed_fallback(answer::no_such_method)
        .layer(from_fn(|request, next| service::observe(request, next, answer::sorry)))
        .with_state(db)
}

async fn no_slash() -> Redirect {
    Redirect::temporary("/api/items")
}

//! All routes.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::from_fn,
    routing::{get, post},
};

use crate::{App, assets, form, page};

/// The whole server.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/", get(page::list::show))
        .route("/items", post(page::create::create).get(page::create::to_list))
        .route("/items/{id}/edit", get(page::edit::show).post(page::edit::save))
        .route("/items/{id}/delete", get(page::delete::ask).post(page::delete::delete))
        .route("/assets/{file}", get(assets::show))
        .route("/favicon.ico", get(assets::icon))
        .route("/robots.txt", get(page::probe::robots))
        .route("/health", get(page::probe::health))
        .route("/ready", get(page::probe::ready))
        .fallback(page::fallback::not_found)
        .method_not_allowed_fallback(page::fallback::wrong_method)
        .layer(DefaultBodyLimit::max(form::BODY_MAX_BYTES))
        .layer(from_fn(|request, next| service::observe(request, next, page::fallback::sorry)))
        .with_state(app)
}

//! The OpenAPI document, made from the handlers.

use std::sync::LazyLock;

use axum::{
    body::Bytes,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use utoipa::OpenApi;

use crate::handler;

/// Version of the API's contract, not of this program.
pub(crate) const CONTRACT_VERSION: &str = "1.0.0";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Items API",
        version = "1.0.0",
        description = "A list of items. Errors are RFC 9457 problem documents; times are RFC 3339 in UTC.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(
        handler::items::list,
        handler::items::create,
        handler::items::get,
        handler::items::replace,
        handler::items::delete,
        handler::probes::about,
        handler::probes::health,
        handler::probes::api_health,
        handler::probes::ready,
    ),
    tags((name = "items", description = "The list"), (name = "service", description = "The service itself"))
)]
struct Document;

static JSON: LazyLock<Bytes> = LazyLock::new(|| {
    let json = serde_json::to_vec(&Document::openapi()).expect("the document is made of maps and strings");
    json.into()
});

pub(crate) async fn json() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], JSON.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn describes_the_contract() {
        insta::assert_json_snapshot!(serde_json::from_slice::<serde_json::Value>(&JSON).expect("is JSON"));
    }

    #[test]
    fn names_the_version_that_the_greeting_names() {
        assert_eq!(Document::openapi().info.version, CONTRACT_VERSION);
    }
}

//! The OpenAPI document. It is a file, which a test makes of the handlers: a server has no need of what makes it.

use axum::{
    http::{HeaderValue, header},
    response::IntoResponse,
};

/// Version of the API's contract, not of this program.
pub(crate) const CONTRACT_VERSION: &str = "1.0.0";

const JSON: &str = include_str!("../assets/openapi.json");

pub(crate) async fn json() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], JSON)
}

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path};

    use utoipa::OpenApi;

    use super::*;
    use crate::handler;

    #[derive(OpenApi)]
    #[openapi(
        info(
            title = "Items API",
            version = "1.0.0",
            description = "A list of items. Errors are RFC 9457 problem documents; times are RFC 3339 in UTC.",
            license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        ),
        paths(
            handler::list::list,
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

    #[test]
    fn the_document_is_made_of_the_handlers() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/openapi.json");
        let made = Document::openapi().to_pretty_json().unwrap() + "\n";
        if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
            fs::write(&path, &made).unwrap();
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(text == made, "assets/openapi.json is not what the handlers say: INSTA_UPDATE=always writes it");
    }

    #[test]
    fn names_the_version_that_the_greeting_names() {
        assert_eq!(Document::openapi().info.version, CONTRACT_VERSION);
    }
}

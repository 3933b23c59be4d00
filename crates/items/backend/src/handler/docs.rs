//! The documentation: Swagger UI at `/docs`, the same without `Try it out` at `/redoc`, all from inside the binary.

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::{Html, IntoResponse},
};

const PAGE: &str = include_str!("../../assets/docs.html");
const START: &str = include_str!("../../assets/docs.js");
const SWAGGER_JS: &[u8] = include_bytes!("../../assets/swagger-ui/swagger-ui-bundle.js.gz");
const SWAGGER_CSS: &[u8] = include_bytes!("../../assets/swagger-ui/swagger-ui.css.gz");

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

#[cfg(test)]
mod tests {
    use std::{
        env, fs,
        io::{Cursor, Read, Write},
        path::Path,
    };

    use flate2::{Compression, GzBuilder, read::GzDecoder};
    use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
    use zip::ZipArchive;

    use super::*;

    /// The file of that name in the archive of the crate that Cargo.lock names.
    fn vendored(file: &str) -> Vec<u8> {
        let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED)).unwrap();
        let is_it = |name: &str| name.ends_with(&format!("/dist/{file}"));
        let name = archive.file_names().flatten().find(|name| is_it(name)).map(std::borrow::Cow::into_owned);
        let mut content = Vec::new();
        archive.by_name(&name.unwrap()).unwrap().read_to_end(&mut content).unwrap();
        assert!(!content.is_empty(), "{file}");
        content
    }

    fn write(path: &Path, content: &[u8]) {
        // No file name and no time in the header: the bytes depend on the content alone.
        let mut gzip = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
        gzip.write_all(content).unwrap();
        fs::write(path, gzip.finish().unwrap()).unwrap();
    }

    #[test]
    fn swagger_ui_is_that_of_the_vendored_archive() {
        let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/swagger-ui");
        for (file, kept) in [("swagger-ui.css", SWAGGER_CSS), ("swagger-ui-bundle.js", SWAGGER_JS)] {
            let content = vendored(file);
            if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
                write(&assets.join(format!("{file}.gz")), &content);
            }
            let mut plain = Vec::new();
            GzDecoder::new(kept).read_to_end(&mut plain).unwrap();
            assert!(plain == content, "`{file}` is not that of the vendored archive: INSTA_UPDATE=always writes it");
        }
    }
}

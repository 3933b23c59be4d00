//! The style sheet, the script, the icon, and what robots read.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};

use crate::site::{Answer, Site, nobody};

/// The addresses of assets that a page names.
fn named(page: &Answer) -> Vec<String> {
    let parts = page.body.split('"').filter(|part| part.starts_with("/assets/"));
    parts.map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn pages_name_files_that_may_be_kept_for_ever() {
    let site = Site::new(&nobody().await);
    let files = named(&site.get("/nope").await);
    assert_eq!(files.len(), 4, "the icon twice: {files:?}");
    for path in files {
        let file = site.get(&path).await;
        assert_eq!(file.status, StatusCode::OK, "{path}");
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
        assert!(!file.body.is_empty() && path.contains(file.header("etag").trim_matches('"')));
        let again = Request::get(&path).header("if-none-match", format!("\"x\", {}", file.header("etag")));
        let again = site.ask(again.body(Body::empty()).unwrap()).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    }
}

#[tokio::test]
async fn another_releases_address_gives_this_releases_file_not_to_be_kept() {
    let site = Site::new(&nobody().await);
    for (path, media_type) in [
        ("/assets/app.0000000000000000.css", "text/css; charset=utf-8"),
        ("/assets/app.0000000000000000.js", "text/javascript; charset=utf-8"),
        ("/assets/icon.0.svg", "image/svg+xml"),
        ("/favicon.ico", "image/svg+xml"),
    ] {
        let file = site.get(path).await;
        assert_eq!((file.status, file.header("cache-control")), (StatusCode::OK, "no-cache"), "{path}");
        assert_eq!(file.header("content-type"), media_type);
    }
    for path in
        ["/assets/app.css", "/assets/app.0.html", "/assets/app.0.css.map", "/assets/..%2fCargo.toml", "/assets/"]
    {
        assert_eq!(site.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn robots_are_told_what_not_to_index() {
    let robots = Site::new(&nobody().await).get("/robots.txt").await;
    assert!(robots.body.contains("Disallow: /items/"));
    assert_eq!(robots.header("content-type"), "text/plain; charset=utf-8");
}

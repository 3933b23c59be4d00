//! What every answer says besides its body.

use axum::{body::Body, http::Request};

use crate::{
    fake::{Fake, friendly},
    site::{PATIENT, Site},
};

#[tokio::test]
async fn every_page_forbids_everything_that_is_not_ours() {
    let fake = Fake::start(friendly).await;
    let site = Site::patient(&fake.url, PATIENT);
    for path in ["/", "/items/7/edit", "/items/7/delete", "/nope"] {
        let page = site.get(path).await;
        assert_eq!(
            page.header("content-security-policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            "{path}"
        );
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("cross-origin-resource-policy"), "same-origin");
        assert!(page.header("permissions-policy").contains("geolocation=()"));
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("strict-transport-security"), "");
        for inline in [" style=", "<style", "onclick", "javascript:", "http://", "https://"] {
            assert!(!page.body.contains(inline), "{path} has {inline}");
        }
        assert_eq!(
            page.body.matches("<script").count(),
            page.body.matches("<script type=\"module\" src=\"/assets/").count()
        );
    }
}

#[tokio::test]
async fn hsts_is_sent_behind_tls() {
    let fake = Fake::start(friendly).await;
    let request = Request::get("/").header("x-forwarded-proto", "https").body(Body::empty()).unwrap();
    let page = Site::patient(&fake.url, PATIENT).ask(request).await;
    assert_eq!(page.header("strict-transport-security"), "max-age=63072000");
}

//! Forms that did not come from a page of ours.

use axum::{body::Body, http::StatusCode};

use crate::{
    fake::{Fake, friendly},
    site::{Answer, PATIENT, Site, TOKEN, post},
};

const PATHS: [&str; 3] = ["/items", "/items/7/edit", "/items/7/delete"];

/// Sends a form to `path` and checks that the backend changed nothing.
async fn refused(path: &str, headers: &[(&str, &str)], token: &str) -> Answer {
    let fake = Fake::start(friendly).await;
    let site = Site::patient(&fake.url, PATIENT);
    let request = headers.iter().fold(post(path), |request, (name, value)| request.header(*name, *value));
    let page = site.ask(request.body(Body::from(format!("csrf={token}&name=Typed"))).unwrap()).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
    assert!(fake.asked().iter().all(|line| line.starts_with("GET ")), "{:?}", fake.asked());
    page
}

#[tokio::test]
async fn a_form_without_the_right_token_is_shown_again() {
    let cookie = format!("csrf={TOKEN}");
    let other = TOKEN.replace('0', "1");
    for path in PATHS {
        for headers in [&[][..], &[("cookie", cookie.as_str())], &[("cookie", "csrf=")]] {
            let page = refused(path, headers, if headers.is_empty() { TOKEN } else { &other }).await;
            page.assert_shows(&["Please send it again"]);
            if path != "/items/7/delete" {
                page.assert_shows(&["value=\"Typed\""]);
            }
        }
    }
}

#[tokio::test]
async fn the_page_that_asks_again_holds_a_token_that_works() {
    let page = refused("/items", &[], "").await;
    let cookie = page.header("set-cookie").split(';').next().unwrap().to_owned();
    let token = cookie.strip_prefix("csrf=").unwrap();
    page.assert_shows(&[&format!("name=\"csrf\" value=\"{token}\"")]);
    let fake = Fake::start(friendly).await;
    let request = post("/items").header("cookie", &cookie).body(Body::from(format!("csrf={token}&name=Typed")));
    let page = Site::patient(&fake.url, PATIENT).ask(request.unwrap()).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_from_another_site_is_refused_and_not_shown_even_with_the_token() {
    let cookie = format!("csrf={TOKEN}");
    for path in PATHS {
        for sign in
            [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
        {
            let page = refused(path, &[("cookie", &cookie), sign], TOKEN).await;
            page.assert_shows(&["Form refused"]);
            assert!(!page.body.contains("Typed"));
        }
    }
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_the_host() {
    let page = refused("/items", &[("x-forwarded-proto", "https")], "").await;
    let cookie = page.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-csrf=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"),
        "{cookie}"
    );
    refused("/items", &[("x-forwarded-proto", "https"), ("cookie", &format!("csrf={TOKEN}"))], TOKEN).await;
}

#[tokio::test]
async fn a_browser_that_has_its_token_gets_no_other() {
    let fake = Fake::start(friendly).await;
    let request = axum::http::Request::get("/").header("cookie", format!("csrf={TOKEN}")).body(Body::empty()).unwrap();
    let page = Site::patient(&fake.url, PATIENT).ask(request).await;
    assert_eq!(page.header("set-cookie"), "");
    page.assert_shows(&[&format!("name=\"csrf\" value=\"{TOKEN}\"")]);
}

//! Pages of a backend that works.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};

use crate::{
    fake::{Fake, Reply, friendly, items, json},
    site::{PATIENT, Site},
};

async fn site() -> (Fake, Site) {
    let fake = Fake::start(friendly).await;
    let site = Site::patient(&fake.url, PATIENT);
    (fake, site)
}

#[tokio::test]
async fn the_first_page_shows_the_form_the_items_and_the_api() {
    let (fake, site) = site().await;
    let page = site.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    page.assert_shows(&[
        "Add New Item",
        "Item Name",
        "Kettle",
        "Boils\nwater",
        "Created: <time datetime=\"2026-11-23T19:05:03.120Z\">23 Nov 2026, 19:05 UTC</time>",
        "href=\"/items/7/edit\"",
        "href=\"/items/7/delete\"",
        "API Information",
        "href=\"/health\"",
        "href=\"/docs\"",
    ]);
    assert!(
        !page.body.contains("localhost") && !page.body.contains("127.0.0.1"),
        "the backend's address is ours alone"
    );
    assert_eq!(fake.asked(), ["GET /api/items?limit=50 HTTP/1.1"]);
}

#[tokio::test]
async fn an_empty_list_says_so() {
    let fake = Fake::start(|_| items("[]", 0)).await;
    let page = Site::patient(&fake.url, PATIENT).get("/").await;
    page.assert_shows(&["No items yet", "Add your first one"]);
}

#[tokio::test]
async fn older_and_newest_items_are_a_link_away_and_edits_come_back_to_their_page() {
    let fake = Fake::start(|_| {
        let link = "x-total-count: 120\r\nlink: </api/items?limit=50&after=1_2>; rel=\"next\"\r\n";
        json("200 OK", link, &format!("[{}]", crate::fake::KETTLE))
    })
    .await;
    let site = Site::patient(&fake.url, PATIENT);
    let first = site.get("/").await;
    first.assert_shows(&["href=\"/?after=1_2\" rel=\"next\">Older items", ">120<"]);
    assert!(!first.body.contains("Newest"));
    let second = site.get("/?after=3_4").await;
    second.assert_shows(&["href=\"/\">Newest", "href=\"/items/7/edit?after=3_4\"", "name=\"after\" value=\"3_4\""]);
    assert_eq!(fake.asked()[1], "GET /api/items?limit=50&after=3_4 HTTP/1.1");
}

#[tokio::test]
async fn notices_come_from_a_fixed_vocabulary() {
    let (_fake, site) = site().await;
    for (key, text) in [("added", "Item added"), ("updated", "Item updated"), ("deleted", "Item deleted")] {
        site.get(&format!("/?notice={key}")).await.assert_shows(&[&format!("{text} successfully!")]);
    }
    let page = site.get("/?notice=%3Cb%3Eyou+won&after=%22%3E").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("you won") && !page.body.contains("data-notice"));
}

#[tokio::test]
async fn hostile_text_is_only_text() {
    let hostile = r#"[{"id":1,"name":"</h3><script>alert(1)</script>\" autofocus onfocus=x '","description":"</textarea><img src=x onerror=alert(2)>","created_at":"2026-11-23T19:05:03.120Z"}]"#;
    let fake = Fake::start(move |seen| {
        let one = &hostile[1..hostile.len() - 1];
        if seen.head.starts_with("GET /api/items?") { items(hostile, 1) } else { json("200 OK", "", one) }
    })
    .await;
    let site = Site::patient(&fake.url, PATIENT);
    for path in ["/", "/items/1/edit", "/items/1/delete"] {
        let page = site.get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        for tag in ["<script>alert", "<img src=x", "</textarea><img", "\" autofocus onfocus"] {
            assert!(!page.body.contains(tag), "{path}: {tag} in {}", page.body);
        }
        page.assert_shows(&["&lt;script&gt;alert(1)"]);
    }
}

#[tokio::test]
async fn the_pages_of_an_item_show_it() {
    let (_fake, site) = site().await;
    site.get("/items/7/edit").await.assert_shows(&["value=\"Kettle\"", "\nBoils\nwater</textarea>", "Save changes"]);
    site.get("/items/7/delete").await.assert_shows(&["Delete this item?", "Kettle", "action=\"/items/7/delete\""]);
}

#[tokio::test]
async fn an_item_that_is_gone_is_a_clear_404() {
    let fake = Fake::start(|_| json("404 Not Found", "", r#"{"detail":"Item not found"}"#)).await;
    let site = Site::patient(&fake.url, PATIENT);
    for path in ["/items/7/edit", "/items/7/delete"] {
        let page = site.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        page.assert_shows(&["Item not found", "deleted in the meantime", "Back to the list"]);
    }
}

#[tokio::test]
async fn ids_that_no_item_can_have_are_pages_that_do_not_exist() {
    let (fake, site) = site().await;
    for path in
        ["/items/x/edit", "/items/99999999999999999999/delete", "/items/%ff/edit", "/items/1.5/edit", "/items/7"]
    {
        let page = site.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        page.assert_shows(&["<h1>Page not found</h1>"]);
    }
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn head_is_answered_without_a_body() {
    let (_fake, site) = site().await;
    for path in ["/", "/items/7/edit", "/items/7/delete", "/health", "/robots.txt", "/favicon.ico", "/nope"] {
        let head = site.ask(Request::head(path).body(Body::empty()).unwrap()).await;
        let get = site.get(path).await;
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
    }
}

#[tokio::test]
async fn a_kept_connection_that_the_backend_closed_costs_no_page() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let requests = AtomicUsize::new(0);
    let fake = Fake::start(move |seen| match requests.fetch_add(1, Ordering::Relaxed) {
        1 => Reply::Close,
        _ => friendly(seen),
    })
    .await;
    let site = Site::patient(&fake.url, PATIENT);
    assert_eq!(site.get("/").await.status, StatusCode::OK);
    assert_eq!(site.get("/").await.status, StatusCode::OK, "asked again, on a new connection");
    assert_eq!(fake.asked().len(), 3);
}

#[tokio::test]
async fn the_backend_learns_the_request_id() {
    let (fake, site) = site().await;
    let page = site.ask(Request::get("/").header("x-request-id", "abc-1").body(Body::empty()).unwrap()).await;
    assert_eq!(page.header("x-request-id"), "abc-1");
    assert!(fake.seen()[0].head.contains("x-request-id: abc-1\r\n"));
}

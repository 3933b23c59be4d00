//! A backend that is down, slow, or talks nonsense: always a page, always in time.

use axum::http::StatusCode;

use crate::{
    fake::{Fake, Reply, items, json},
    site::{Answer, PATIENT, Site, nobody},
};

const UNAVAILABLE: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

/// The site before a backend that answers everything alike.
async fn before(reply: Reply) -> Site {
    let fake = Fake::start(move |_| reply.clone()).await;
    Site::new(&fake.url)
}

fn hang() -> Reply {
    Reply::BytesThenHang(String::new())
}

fn assert_retry(page: &Answer) {
    assert_eq!((page.status, page.header("retry-after")), (UNAVAILABLE, "5"));
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_backend_that_is_down_or_hangs_gives_a_page_that_says_so() {
    let dead = Site::new(&nobody().await);
    let cases = [
        (dead, "The backend cannot be reached right now."),
        (before(hang()).await, "The backend did not answer in time."),
        (
            before(Reply::BytesThenHang(
                "HTTP/1.1 200 OK\r\nx-total-count: 1\r\ncontent-length: 99\r\n\r\n[".to_owned(),
            ))
            .await,
            "The backend did not answer in time.",
        ),
        (before(Reply::Close).await, "The backend did not answer in time."),
        (before(json("500 Internal Server Error", "", "{}")).await, "The backend answered with an error."),
    ];
    for (site, reason) in cases {
        let page = site.get("/?after=3_4").await;
        assert_retry(&page);
        page.assert_shows(&["Failed to load items", reason, "href=\"/?after=3_4\">Try again", "Add New Item"]);
        let page = site.get("/items/7/edit").await;
        assert_retry(&page);
        page.assert_shows(&["Failed to load the item", reason, "href=\"/items/7/edit\">Try again", "Request <code>"]);
    }
}

#[tokio::test]
async fn answers_that_break_the_contract_are_a_502() {
    let head = "HTTP/1.1 200 OK\r\nx-total-count: 1\r\ntransfer-encoding: chunked\r\n\r\n".to_owned();
    let huge = Fake::start(move |_| Reply::Endless(format!("{head}10000\r\n{}\r\n", " ".repeat(65_536)))).await;
    let endless = Site::patient(&huge.url, PATIENT).get("/").await;
    let big = json("200 OK", "x-total-count: 1\r\n", &" ".repeat(1024 * 1024 + 1));
    let mut pages = vec![endless, patient(big).await];
    for reply in [
        items("[{\"id\":\"x\"}]", 1),
        items("<html>", 1),
        json("200 OK", "", "[]"),
        json("200 OK", "x-total-count: many\r\n", "[]"),
        json("302 Found", "location: http://169.254.169.254/\r\n", ""),
        json("404 Not Found", "", "{}"),
    ] {
        pages.push(patient(reply).await);
    }
    for page in pages {
        assert_eq!((page.status, page.header("retry-after")), (StatusCode::BAD_GATEWAY, ""));
        page.assert_shows(&["Failed to load items", "The backend answered with an error."]);
    }
}

async fn patient(reply: Reply) -> Answer {
    let fake = Fake::start(move |_| reply.clone()).await;
    Site::patient(&fake.url, PATIENT).get("/").await
}

#[tokio::test]
async fn a_form_that_reached_nobody_is_kept_and_the_page_says_that_nothing_was_saved() {
    let site = Site::new(&nobody().await);
    let page = site.post("/items", "name=Kettle&description=one%0D%0Atwo&after=3_4").await;
    assert_retry(&page);
    page.assert_shows(&["Failed to create item", "so nothing was saved", "value=\"Kettle\"", "\none\ntwo</textarea>"]);
    page.assert_shows(&["name=\"after\" value=\"3_4\"", "Show the list"]);
    let page = site.post("/items/7/edit", "name=Kettle").await;
    assert_retry(&page);
    page.assert_shows(&["Failed to update item", "so nothing was saved", "value=\"Kettle\""]);
    let page = site.post("/items/7/delete", "").await;
    assert_retry(&page);
    page.assert_shows(&["Failed to delete item", "so nothing was deleted", "action=\"/items/7/delete\""]);
}

#[tokio::test]
async fn a_form_without_an_answer_may_have_worked_and_the_page_says_so() {
    for reply in [hang(), Reply::Close, json("500 Internal Server Error", "", "{}")] {
        let fake = Fake::start(move |_| reply.clone()).await;
        let site = Site::new(&fake.url);
        let page = site.post("/items", "name=Kettle").await;
        assert_retry(&page);
        page.assert_shows(&["Not sure whether the item was created", "look at the list", "value=\"Kettle\""]);
        assert_eq!(fake.asked(), ["POST /api/items HTTP/1.1"], "never sent twice");
        let page = site.post("/items/7/delete", "").await;
        assert_retry(&page);
        page.assert_shows(&["Not sure whether the item was deleted"]);
    }
}

#[tokio::test]
async fn an_accepted_form_is_a_success_even_when_the_rest_of_the_answer_is_missing() {
    let site = before(Reply::BytesThenHang("HTTP/1.1 201 Created\r\ncontent-length: 99\r\n\r\n{".to_owned())).await;
    assert_eq!(site.post("/items", "name=Kettle").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_refused_form_is_a_422_even_when_the_list_cannot_be_loaded() {
    let page = Site::new(&nobody().await).post("/items", "name=+").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.assert_shows(&["Name should not be blank.", "Failed to load items"]);
}

#[tokio::test]
async fn alive_does_not_mean_ready() {
    let dead = Site::new(&nobody().await);
    let health = dead.get("/health").await;
    assert_eq!((health.status, health.body.as_str()), (StatusCode::OK, r#"{"status":"healthy","service":"frontend"}"#));
    assert_eq!(dead.get("/ready").await.status, UNAVAILABLE);
    let fake = Fake::start(|_| json("200 OK", "", "{}")).await;
    assert_eq!(Site::patient(&fake.url, PATIENT).get("/ready").await.status, StatusCode::OK);
    assert_eq!(fake.asked(), ["GET /health HTTP/1.1"]);
}

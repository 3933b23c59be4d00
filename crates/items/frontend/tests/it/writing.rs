//! Forms that a backend accepts or refuses.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};

use crate::{
    fake::{Fake, friendly, items, json},
    site::{PATIENT, Site, TOKEN, post},
};

const REFUSED: &str = r#"{"title":"Unprocessable Content","status":422,"detail":"Refused","errors":[{"type":"x","loc":["body","name"],"msg":"Name is taken","input":null}]}"#;

async fn site() -> (Fake, Site) {
    let fake = Fake::start(friendly).await;
    let site = Site::patient(&fake.url, PATIENT);
    (fake, site)
}

#[tokio::test]
async fn adding_trims_and_redirects_with_a_notice() {
    let (fake, site) = site().await;
    let page = site.post("/items", "name=++Kettle+&description=+%0D%0A").await;
    assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, "/?notice=added"));
    let seen = &fake.seen()[0];
    assert!(seen.head.starts_with("POST /api/items HTTP/1.1\r\n"), "{}", seen.head);
    assert_eq!(seen.body, r#"{"name":"Kettle","description":null}"#);
}

#[tokio::test]
async fn editing_and_deleting_come_back_to_the_page_of_the_list() {
    let (fake, site) = site().await;
    let edited = site.post("/items/7/edit", "name=Pot&description=a%0D%0Ab&after=3_4").await;
    assert_eq!((edited.status, edited.header("location")), (StatusCode::SEE_OTHER, "/?after=3_4&notice=updated"));
    assert_eq!(fake.seen()[0].body, r#"{"name":"Pot","description":"a\nb"}"#);
    let deleted = site.post("/items/7/delete", "").await;
    assert_eq!((deleted.status, deleted.header("location")), (StatusCode::SEE_OTHER, "/?notice=deleted"));
    assert_eq!(fake.asked(), ["PUT /api/items/7 HTTP/1.1", "DELETE /api/items/7 HTTP/1.1"]);
}

#[tokio::test]
async fn nothing_in_a_form_chooses_where_the_redirect_goes() {
    let (_fake, site) = site().await;
    for after in ["//evil.example", "%0D%0Alocation:+x", "3_4%26notice%3Dx", "https://evil.example"] {
        let page = site.post("/items/7/delete", &format!("after={after}&next=https://evil.example")).await;
        assert_eq!(page.header("location"), "/?notice=deleted", "{after}");
    }
}

#[tokio::test]
async fn a_blank_name_is_refused_beside_its_field_and_the_rest_is_kept() {
    let (fake, site) = site().await;
    let page = site.post("/items", "name=+&description=kept+%3Cb%3E").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.assert_shows(&[
        "<title>Error: ",
        "aria-invalid=\"true\" aria-describedby=\"name-fault\" autofocus",
        "<p class=\"fault\" id=\"name-fault\">Name should not be blank.</p>",
        "kept &lt;b&gt;</textarea>",
        "Kettle",
    ]);
    assert_eq!(fake.asked(), ["GET /api/items?limit=50 HTTP/1.1"], "the backend is not bothered with it");
    let page = site.post("/items/7/edit", &format!("name=x&description={}", "y".repeat(2001))).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.assert_shows(&["Description should have at most 2000 characters.", "value=\"x\"", "yyyy</textarea>"]);
}

#[tokio::test]
async fn what_the_backend_refuses_is_shown_the_same_way() {
    let fake = Fake::start(|seen| match seen.head.split(' ').next().unwrap() {
        "GET" => items("[]", 0),
        _ => json("422 Unprocessable Content", "", REFUSED),
    })
    .await;
    let site = Site::patient(&fake.url, PATIENT);
    for path in ["/items", "/items/7/edit"] {
        let page = site.post(path, "name=Kettle&description=d").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        page.assert_shows(&["Name is taken.", "value=\"Kettle\"", "\nd</textarea>"]);
    }
}

#[tokio::test]
async fn an_item_deleted_meanwhile_can_be_added_again_or_forgotten() {
    let fake = Fake::start(|_| json("404 Not Found", "", "{}")).await;
    let site = Site::patient(&fake.url, PATIENT);
    let page = site.post("/items/7/edit", "name=Kettle&description=d").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.assert_shows(&["was deleted while you were editing", "value=\"Kettle\"", "action=\"/items\""]);
    let page = site.post("/items/7/delete", "").await;
    assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, "/?notice=gone"));
}

#[tokio::test]
async fn bodies_that_are_no_forms_are_refused_with_a_page() {
    let (fake, site) = site().await;
    let form = format!("csrf={TOKEN}&name=");
    let cases = [
        ("application/json", "{}".to_owned(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("application/x-www-form-urlencoded", format!("{form}%zz"), StatusCode::BAD_REQUEST),
        ("application/x-www-form-urlencoded", format!("{form}%ff"), StatusCode::BAD_REQUEST),
        ("application/x-www-form-urlencoded", format!("{form}a&name=b"), StatusCode::BAD_REQUEST),
        ("application/x-www-form-urlencoded", form + &"x".repeat(65_536), StatusCode::PAYLOAD_TOO_LARGE),
    ];
    for (media_type, body, status) in cases {
        let request = Request::post("/items").header("content-type", media_type).body(Body::from(body)).unwrap();
        let page = site.ask(request).await;
        assert_eq!(page.status, status);
        page.assert_shows(&["The form could not be read"]);
    }
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn fields_that_no_form_of_ours_has_change_nothing() {
    let (fake, site) = site().await;
    assert_eq!(site.post("/items", "name=a&admin=1&id=9").await.status, StatusCode::SEE_OTHER);
    assert_eq!(fake.seen()[0].body, r#"{"name":"a","description":null}"#);
}

#[tokio::test]
async fn the_longest_name_and_description_fit() {
    let (fake, site) = site().await;
    let form = format!("name={}&description={}", "%F0%9F%8E%92".repeat(200), "%F0%9F%8E%92".repeat(2000));
    assert_eq!(site.post("/items", &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(fake.asked().len(), 1);
}

#[tokio::test]
async fn the_address_of_a_refused_form_leads_to_the_list() {
    let (_fake, site) = site().await;
    assert_eq!(site.get("/items").await.header("location"), "/");
    let wrong = site.ask(post("/").body(Body::empty()).unwrap()).await;
    assert_eq!((wrong.status, wrong.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET,HEAD"));
    wrong.assert_shows(&["does not answer POST requests"]);
}

//! Keyset paging of the list.

use std::fmt::Write;

use reqwest::Response;
use serde_json::{Value, json};

use crate::place::{Place, on_both_stores};

on_both_stores! {
    finds_by_the_beginning_of_a_name_and_sorts_by_it
    pages_hold_every_item_once_while_items_come_and_go
    a_list_that_is_too_long_names_its_first_page
    counts_what_several_write_and_delete_at_once
    says_how_many_items_there_are_and_refuses_bad_parameters
}

fn next_of(response: &Response) -> Option<String> {
    let link = response.headers().get("link")?.to_str().unwrap();
    Some(link.strip_prefix('<')?.strip_suffix(">; rel=\"next\"")?.to_owned())
}

async fn pages_hold_every_item_once_while_items_come_and_go(place: &Place) {
    let server = place.start();
    for n in 1..=25 {
        server.post(&json!({ "name": n.to_string() })).send().await.unwrap();
    }
    let mut seen = Vec::new();
    let mut next = Some("/api/items?limit=10".to_owned());
    while let Some(path) = next {
        let response = server.get(&path).send().await.unwrap();
        assert_eq!(response.status(), 200);
        next = next_of(&response);
        seen.extend(response.json::<Vec<Value>>().await.unwrap().iter().map(|item| item["id"].as_i64().unwrap()));
        // Neither a new item in front nor the loss of the last one seen shifts what follows.
        server.post(&json!({ "name": "new" })).send().await.unwrap();
        let last = seen.last().unwrap();
        server.request(reqwest::Method::DELETE, &format!("/api/items/{last}")).send().await.unwrap();
    }
    assert_eq!(seen, (1..=25).rev().collect::<Vec<_>>());
}

async fn says_how_many_items_there_are_and_refuses_bad_parameters(place: &Place) {
    let server = place.start();
    server.post(&json!({ "name": "a" })).send().await.unwrap();
    let page = server.get("/api/items?limit=1").send().await.unwrap();
    assert_eq!(page.headers()["x-total-count"], "1");
    assert!(next_of(&page).is_none());
    let mut told = String::new();
    for query in [
        "sort=size",
        "search=%00",
        "sort=name&after=1",
        "limit=0",
        "limit=501",
        "limit=x",
        "limit=",
        "after=x",
        "after=1_2_x",
        "limit=1&limit=2",
    ] {
        let response = server.get(&format!("/api/items?{query}")).send().await.unwrap();
        writeln!(told, "{query} {}\n  {}", response.status(), response.text().await.unwrap()).unwrap();
    }
    insta::assert_snapshot!("says_how_many_items_there_are_and_refuses_bad_parameters", told);
    let plain = server.get("/api/items?unknown=1").send().await.unwrap();
    assert!(plain.status().is_success() && !plain.headers().contains_key("x-total-count"));
}

async fn counts_what_several_write_and_delete_at_once(place: &Place) {
    let servers = [place.start(), place.start()];
    let mut writers = tokio::task::JoinSet::new();
    for n in 0..40 {
        let (post, again) = (servers[n % 2].post(&json!({ "name": "a" })), servers[1 - n % 2].get(""));
        let base = again.build().unwrap().url().to_string();
        writers.spawn(async move {
            let item: Value = post.send().await.unwrap().json().await.unwrap();
            if n % 3 == 0 {
                let gone = crate::server::client().delete(format!("{base}api/items/{}", item["id"]));
                assert_eq!(gone.send().await.unwrap().status(), 204);
            }
        });
    }
    writers.join_all().await;
    for server in &servers {
        let page = server.get("/api/items?limit=1").send().await.unwrap();
        assert_eq!(page.headers()["x-total-count"], "26");
    }
}

async fn a_list_that_is_too_long_names_its_first_page(place: &Place) {
    let server = place.start();
    // Past the API, as another program would.
    let rows = |count| match place {
        Place::Sqlite(directory) => {
            let sql = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ?1)
                INSERT INTO items (name, created_at) SELECT 'n', n FROM n";
            let file = rusqlite::Connection::open(directory.path().join("items.db")).unwrap();
            file.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
            file.execute(sql, [count]).unwrap();
        }
        Place::Postgres(url) => {
            let sql =
                format!("INSERT INTO items (name, created_at) SELECT 'n', n FROM generate_series(1, {count}) AS n");
            Place::ask(url, &sql);
        }
    };
    rows(10_000);
    assert_eq!(server.items().await.len(), 10_000);
    rows(1);
    let refused = server.get("/api/items").send().await.unwrap();
    assert_eq!(refused.status(), 422);
    assert_eq!(refused.headers()["link"], "</api/items?limit=500>; rel=\"first\"");
    let told = refused.text().await.unwrap();
    assert!(told.contains("The list has more than 10000 items: read it in pages"), "{told}");
    let first = server.get("/api/items?limit=500").send().await.unwrap();
    assert_eq!(first.headers()["x-total-count"], "10001");
    assert!(next_of(&first).is_some());
}

async fn finds_by_the_beginning_of_a_name_and_sorts_by_it(place: &Place) {
    let server = place.start();
    for name in ["tea", "Tee", "T", "tea", "ärger", "Zoo", "te\u{10FFFD}x", "te", "tf", "_", "TEA & MORE", "tea"] {
        assert_eq!(server.post(&json!({ "name": name })).send().await.unwrap().status(), 201);
    }
    let pages = async |query: &str| {
        let (mut names, mut next) = (Vec::new(), Some(format!("/api/items?{query}&limit=2")));
        while let Some(path) = next {
            let page = server.get(&path).send().await.unwrap();
            next = next_of(&page);
            for item in page.json::<Vec<Value>>().await.unwrap() {
                names.push(format!("{} {}", item["name"].as_str().unwrap(), item["id"]));
            }
        }
        names
    };
    // The order of bytes, the letters of ASCII small; the one that was made first first.
    let te = ["te 8", "tea 1", "tea 4", "tea 12", "TEA & MORE 11", "Tee 2", "te\u{10FFFD}x 7"];
    assert_eq!(pages("search=tE").await, te);
    assert_eq!(pages("sort=name").await, [&["_ 10", "T 3"][..], &te, &["tf 9", "Zoo 6", "ärger 5"]].concat());
    assert_eq!(pages("search=tea%20%26").await, ["TEA & MORE 11"]);
    assert_eq!(pages("search=%25").await, Vec::<String>::new());
}

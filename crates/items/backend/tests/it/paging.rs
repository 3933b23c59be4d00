//! Keyset paging of the list.

use std::fmt::Write;

use reqwest::Response;
use serde_json::{Value, json};

use crate::place::{Place, on_both_stores};

on_both_stores! {
    pages_hold_every_item_once_while_items_come_and_go
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
    for query in ["limit=0", "limit=501", "limit=x", "limit=", "after=x", "after=1_2_3", "limit=1&limit=2"] {
        let response = server.get(&format!("/api/items?{query}")).send().await.unwrap();
        writeln!(told, "{query} {}\n  {}", response.status(), response.text().await.unwrap()).unwrap();
    }
    insta::assert_snapshot!("says_how_many_items_there_are_and_refuses_bad_parameters", told);
    let plain = server.get("/api/items?unknown=1").send().await.unwrap();
    assert!(plain.status().is_success() && !plain.headers().contains_key("x-total-count"));
}

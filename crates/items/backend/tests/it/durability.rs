//! What is acknowledged stays.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::tempdir;
use tokio::task::JoinSet;

use crate::server::{self, Server};

const WRITES: usize = 10_000;
const CLIENTS: usize = 32;

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_item_survives_a_kill_in_the_middle_of_ten_thousand_writes() {
    let directory = tempdir().unwrap();
    let mut server = Server::start(directory.path());
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        clients.spawn(write_until_refused(server.url.clone(), client, acknowledged.clone()));
    }
    while acknowledged.load(Ordering::Relaxed) < WRITES / 2 {
        assert!(server.child.try_wait().unwrap().is_none(), "the server ended by itself");
        tokio::task::yield_now().await;
    }
    server.signal(rustix::process::Signal::KILL);
    server.child.wait().unwrap();
    let acknowledged: Vec<String> = clients.join_all().await.into_iter().flatten().collect();
    assert!((WRITES / 2..WRITES).contains(&acknowledged.len()), "{}", acknowledged.len());

    let server = Server::start(directory.path());
    let stored: HashSet<String> =
        server.items().await.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect();
    let lost: Vec<_> = acknowledged.iter().filter(|name| !stored.contains(*name)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
}

async fn write_until_refused(url: String, client: usize, acknowledged: Arc<AtomicUsize>) -> Vec<String> {
    let http = server::client();
    let mut names = Vec::new();
    for n in 0..WRITES / CLIENTS {
        let name = format!("{client}-{n}");
        let Ok(response) = http.post(format!("{url}/api/items")).json(&json!({ "name": name })).send().await else {
            break;
        };
        assert_eq!(response.status(), StatusCode::CREATED);
        if response.json::<Value>().await.is_err() {
            break;
        }
        acknowledged.fetch_add(1, Ordering::Relaxed);
        names.push(name);
    }
    names
}

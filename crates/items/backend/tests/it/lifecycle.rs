//! Starting and stopping.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::json;
use tempfile::tempdir;

use crate::server::Server;

const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn finishes_the_request_in_flight_when_told_to_stop() {
    let directory = tempdir().unwrap();
    let mut server = Server::start(directory.path());
    let body = r#"{"name":"in flight"}"#;
    let mut stream = server.connect(PATIENCE);
    let head = format!(
        "POST /api/items HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The interim answer shows that the request has reached its handler.
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    server.signal(rustix::process::Signal::TERM);
    while TcpStream::connect(server.url.strip_prefix("http://").unwrap()).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(server.child.wait().unwrap().success());
    // The last connection to close has folded the log into the database.
    assert!(!directory.path().join("items.db-wal").exists());
    assert_eq!(Server::start(directory.path()).items().await[0]["name"], "in flight");
}

#[tokio::test]
async fn stops_after_its_grace_when_a_request_never_ends() {
    let directory = tempdir().unwrap();
    let mut server = Server::start_with(directory.path(), |command| {
        command.args(["--shutdown-grace", "1"]);
    });
    let mut stream = server.connect(PATIENCE);
    stream
        .write_all(b"POST /api/items HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n")
        .unwrap();
    stream.read_exact(&mut [0; 25]).unwrap();
    let told = Instant::now();
    server.signal(rustix::process::Signal::TERM);
    assert!(server.child.wait().unwrap().success());
    assert!(told.elapsed() < Duration::from_secs(8));
}

#[tokio::test]
async fn ready_says_no_when_the_database_is_broken() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    assert_eq!(server.get("/ready").send().await.unwrap().status(), 200);
    let intruder = rusqlite::Connection::open(directory.path().join("items.db")).unwrap();
    intruder.execute_batch("DROP TABLE items").unwrap();
    let ready = server.get("/ready").send().await.unwrap();
    assert_eq!(ready.status(), 500);
    let failed = server.post(&json!({ "name": "a" })).send().await.unwrap();
    assert_eq!(failed.status(), 500);
    assert_eq!(failed.headers()["content-type"], "application/problem+json");
    let id = failed.headers()["x-request-id"].to_str().unwrap().to_owned();
    let body = failed.text().await.unwrap();
    assert!(body.contains(&format!("\"request_id\":\"{id}\"")) && !body.to_lowercase().contains("sql"), "{body}");
    assert_eq!(server.get("/health").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn requests_are_counted_by_their_routes_on_a_port_of_their_own() {
    let directory = tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = Server::start_with(directory.path(), |command| _ = command.env("METRICS_PORT", port.to_string()));
    server.post(&json!({ "name": "a" })).send().await.unwrap();
    for path in ["/api/items/1", "/api/items/2", "/api/items/x", "/nowhere", "/metrics"] {
        server.get(path).send().await.unwrap();
    }
    let metrics = crate::server::client().get(format!("http://127.0.0.1:{port}/metrics")).send().await.unwrap();
    assert_eq!(metrics.headers()["content-type"], "text/plain; version=0.0.4");
    let text = metrics.text().await.unwrap();
    for (labels, count) in [
        (r#"method="POST",route="/api/items",status="201""#, 1),
        (r#"method="GET",route="/api/items/{item_id}",status="200""#, 1),
        (r#"method="GET",route="/api/items/{item_id}",status="404""#, 1),
        (r#"method="GET",route="/api/items/{item_id}",status="422""#, 1),
        // Metrics are not on the public port.
        (r#"method="GET",route="none",status="404""#, 2),
    ] {
        let line = format!("http_server_request_duration_seconds_count{{{labels}}} {count}");
        assert!(text.lines().any(|it| it == line), "`{line}` is not in {text}");
    }
}

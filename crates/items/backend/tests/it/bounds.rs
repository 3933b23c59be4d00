//! What a client can make the program spend.

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::server::Server;

const PATIENCE: Duration = Duration::from_secs(30);

/// Sends a request for the whole list.
fn ask_for_all(server: &Server) -> TcpStream {
    let mut stream = server.connect(PATIENCE);
    stream.write_all(b"GET /api/items HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    stream
}

/// A server with `count` items of some 2 kB.
async fn with_items(directory: &Path, count: usize, change: impl FnOnce(&mut Command)) -> Server {
    let server = Server::start_with(directory, change);
    let item = json!({ "name": "a", "description": "d".repeat(2000) });
    for _ in 0..count / 50 {
        let posts = (0..50).map(|_| tokio::spawn(server.post(&item).send()));
        for post in posts.collect::<Vec<_>>() {
            assert_eq!(post.await.unwrap().unwrap().status(), 201);
        }
    }
    server
}

/// Bytes of memory that the program has now.
fn resident(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}

#[tokio::test]
async fn a_long_list_is_the_one_that_its_pages_make() {
    let directory = tempdir().unwrap();
    let server = with_items(directory.path(), 400, |_| {}).await;
    let all = server.items().await;
    let page: Vec<Value> = server.get("/api/items?limit=500").send().await.unwrap().json().await.unwrap();
    assert_eq!(all.len(), 400);
    assert_eq!(all, page);
}

#[tokio::test]
async fn readers_that_stall_during_writes_cost_little_memory() {
    let directory = tempdir().unwrap();
    let server = with_items(directory.path(), 8000, |_| {}).await;
    let mut stalled = Vec::new();
    for _ in 0..25 {
        server.post(&json!({ "name": "b" })).send().await.unwrap();
        let mut stream = ask_for_all(&server);
        stream.read_exact(&mut [0; 64]).unwrap();
        stalled.push(stream);
    }
    let resident = resident(&server);
    assert!(resident < 64 << 20, "{} MiB", resident >> 20);
    // They get all of it once they go on.
    let mut rest = Vec::new();
    stalled.pop().unwrap().read_to_end(&mut rest).unwrap();
    assert!(rest.ends_with(b"]\r\n0\r\n\r\n"));
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_let_go() {
    let directory = tempdir().unwrap();
    // More than the sockets between the two hold.
    let impatient = |command: &mut Command| _ = command.args(["--write-timeout", "1"]);
    let server = with_items(directory.path(), 5000, impatient).await;
    let mut stream = ask_for_all(&server);
    stream.read_exact(&mut [0; 64]).unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let mut rest = Vec::new();
    // Cut, whether that is told as an end or as a reset.
    let _ = stream.read_to_end(&mut rest);
    assert!(!rest.ends_with(b"]\r\n0\r\n\r\n"), "{} bytes", rest.len());
}

#[test]
fn a_connection_on_which_nothing_happens_is_kept_for_as_long_as_is_set() {
    let directory = tempdir().unwrap();
    let server = Server::start_with(directory.path(), |command| _ = command.env("KEEP_ALIVE_SECONDS", "2"));
    let mut stream = server.connect(PATIENCE);
    for pause in [Duration::ZERO, Duration::from_secs(1)] {
        std::thread::sleep(pause);
        stream.write_all(b"HEAD /health HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        let mut answer = [0; 4096];
        let count = stream.read(&mut answer).unwrap();
        assert!(answer[..count].starts_with(b"HTTP/1.1 200 "));
    }
    let asked = Instant::now();
    assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
    assert!(asked.elapsed() > Duration::from_secs(1), "{:?}", asked.elapsed());
}

#[test]
fn a_client_that_sends_too_much_is_told_so() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    let mut stream = server.connect(PATIENCE);
    let size = 10 << 20;
    let head = format!(
        "POST /api/items HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {size}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    // All of it, before the answer is read: as Python's urllib.
    stream.write_all(&vec![b' '; size]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[test]
fn a_client_that_never_ends_its_body_is_let_go() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    let mut stream = server.connect(PATIENCE);
    stream
        .write_all(b"POST /api/items HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99999999\r\n\r\n")
        .unwrap();
    let some = vec![b' '; 64 << 10];
    let ended = loop {
        if let Err(error) = stream.write_all(&some) {
            break error.kind();
        }
    };
    assert!(matches!(ended, ErrorKind::BrokenPipe | ErrorKind::ConnectionReset), "{ended:?}");
}

#[tokio::test]
async fn more_than_is_served_at_once_waits_and_is_refused_and_health_is_answered() {
    let directory = tempdir().unwrap();
    let server = Server::start_with(directory.path(), |command| _ = command.env("MAX_REQUESTS", "2"));
    let body = r#"{"name":"slow"}"#;
    let head = format!(
        "POST /api/items HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut slow = [server.connect(PATIENCE), server.connect(PATIENCE)];
    for stream in &mut slow {
        stream.write_all(head.as_bytes()).unwrap();
        // It has reached its handler.
        stream.read_exact(&mut [0; 25]).unwrap();
    }
    let refused = server.post(&json!({ "name": "too much" })).send().await.unwrap();
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    assert!(refused.text().await.unwrap().contains("a write has not been made"));
    for path in ["/health", "/api/health", "/ready"] {
        assert_eq!(server.get(path).send().await.unwrap().status(), 200, "{path}");
    }
    for mut stream in slow {
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    }
    assert_eq!(server.items().await.len(), 2);
}

//! A backend that does what it is told, down to the bytes.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What the backend does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// These bytes, and the connection stays open.
    Bytes(String),
    /// These bytes, and then nothing, for ever.
    BytesThenHang(String),
    /// These bytes again and again.
    Endless(String),
    /// The connection ends without an answer.
    Close,
}

/// One request as it arrived: head and body.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) head: String,
    pub(crate) body: String,
}

pub(crate) struct Fake {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

type Script = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

impl Fake {
    pub(crate) async fn start(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (script, seen): (Script, _) = (Arc::new(script), Arc::new(Mutex::new(Vec::new())));
        let log = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, script.clone(), log.clone()));
            }
        });
        Self { url, seen }
    }

    /// The requests so far, by their first lines.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|seen| seen.head.lines().next().unwrap().to_owned()).collect()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn serve(stream: TcpStream, script: Script, log: Arc<Mutex<Vec<Seen>>>) {
    let mut stream = BufReader::new(stream);
    while let Some(seen) = read(&mut stream).await {
        log.lock().unwrap().push(seen.clone());
        match script(&seen) {
            Reply::Bytes(bytes) => stream.write_all(bytes.as_bytes()).await.unwrap(),
            Reply::BytesThenHang(bytes) => {
                stream.write_all(bytes.as_bytes()).await.unwrap();
                std::future::pending::<()>().await;
            }
            Reply::Endless(bytes) => while stream.write_all(bytes.as_bytes()).await.is_ok() {},
            Reply::Close => return,
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let length = head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    Some(Seen { head, body: String::from_utf8(body).unwrap() })
}

/// An answer with a JSON body.
pub(crate) fn json(status: &str, headers: &str, body: &str) -> Reply {
    Reply::Bytes(format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{headers}\r\n{body}",
        body.len()
    ))
}

/// A page of the list.
pub(crate) fn items(items: &str, total: u64) -> Reply {
    json("200 OK", &format!("x-total-count: {total}\r\n"), items)
}

pub(crate) const KETTLE: &str =
    r#"{"id":7,"name":"Kettle","description":"Boils\nwater","created_at":"2026-11-23T19:05:03.120Z"}"#;

/// A backend that has one item and accepts everything.
pub(crate) fn friendly(seen: &Seen) -> Reply {
    match seen.head.split(' ').next().unwrap() {
        "POST" => json("201 Created", "", KETTLE),
        "PUT" => json("200 OK", "", KETTLE),
        "DELETE" => Reply::Bytes("HTTP/1.1 204 No Content\r\n\r\n".to_owned()),
        _ if seen.head.starts_with("GET /api/items/") => json("200 OK", "", KETTLE),
        _ => items(&format!("[{KETTLE}]"), 1),
    }
}

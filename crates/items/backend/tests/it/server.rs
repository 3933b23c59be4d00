//! A backend process of a test's own.

use std::{
    io::{BufRead, BufReader},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) url: String,
    client: Client,
}

/// A client for plain HTTP. Built together with the frontend, reqwest has TLS all the same, and wants a provider for it.
pub(crate) fn client() -> Client {
    // Only the first call of the process can succeed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // As the backend sends it: in a build of the whole workspace this client would unpack it.
    Client::builder().no_gzip().build().unwrap()
}

/// The program with nothing of this process's environment in its settings.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backend"));
    command.env_clear().stdin(Stdio::null());
    command
}

impl Server {
    /// Starts a backend on a free port over `items.db` in `directory`, and waits until it listens.
    pub(crate) fn start(directory: &Path) -> Self {
        Self::start_with(directory, |_| {})
    }

    pub(crate) fn start_with(directory: &Path, change: impl FnOnce(&mut Command)) -> Self {
        Self::start_at(&format!("sqlite:///{}", directory.join("items.db").display()), change)
    }

    /// Starts a backend over the database at `url`.
    pub(crate) fn start_at(url: &str, change: impl FnOnce(&mut Command)) -> Self {
        let mut command = program();
        command.args(["--port", "0", "--host", "127.0.0.1"]);
        command.env("DATABASE_URL", url);
        command.stdout(Stdio::piped());
        change(&mut command);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.find_map(|line| listening_url(&line.unwrap())).expect("it says where it listens");
        // Keeps the pipe open and empty.
        std::thread::spawn(move || lines.count());
        Self { child, url, client: client() }
    }

    /// A connection on which nothing is waited for longer than `patience`.
    pub(crate) fn connect(&self, patience: Duration) -> TcpStream {
        let stream = TcpStream::connect(self.url.strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(patience)).unwrap();
        stream
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, body: &Value) -> RequestBuilder {
        self.request(Method::POST, "/api/items").json(body)
    }

    pub(crate) async fn items(&self) -> Vec<Value> {
        self.get("/api/items").send().await.unwrap().json().await.unwrap()
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listening_url(line: &str) -> Option<String> {
    serde_json::from_str::<Value>(line).ok()?.get("url")?.as_str().map(str::to_owned)
}

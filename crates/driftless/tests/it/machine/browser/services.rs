//! The backend and the frontend as processes of a test's own: the very binaries that the images hold.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::built;

pub(super) struct Services {
    /// The frontend.
    pub(super) url: String,
    pub(super) backend_url: String,
    backend: Child,
    frontend: Child,
    _data: tempfile::TempDir,
}

impl Services {
    pub(super) fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let database = format!("sqlite:///{}", data.path().join("items.db").display());
        let (backend, backend_url) = start(&built::binary("backend"), &[("DATABASE_URL", &database)]);
        let (frontend, url) = start(&built::binary("frontend"), &[("BACKEND_URL", &backend_url)]);
        Self { url, backend_url, backend, frontend, _data: data }
    }

    pub(super) fn stop_backend(&mut self) {
        self.backend.kill().unwrap();
        self.backend.wait().unwrap();
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        for child in [&mut self.backend, &mut self.frontend] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Starts a service on a free port; answers where it listens.
fn start(program: &Path, environment: &[(&str, &str)]) -> (Child, String) {
    let mut command = Command::new(program);
    command.env_clear().envs(environment.iter().copied()).args(["--host", "127.0.0.1", "--port", "0"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url = lines
        .find_map(|line| serde_json::from_str::<Value>(&line.unwrap()).ok()?.get("url")?.as_str().map(str::to_owned));
    std::thread::spawn(move || lines.count());
    (child, url.expect("it says where it listens"))
}

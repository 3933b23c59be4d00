//! The program as it is shipped: settings, exit codes, signals.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Output, Stdio},
};

use crate::fake::{Fake, Reply, friendly, items};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontend"));
    // Nothing from the machine that runs the tests.
    command.env_clear();
    command
}

fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// A running server, killed when dropped.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(backend_url: &str) -> Self {
        let mut command = program();
        command.args(["--port", "0", "--host", "127.0.0.1", "--backend-url", backend_url, "--backend-timeout", "20"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let log: serde_json::Value = serde_json::from_str(&line).unwrap();
        let port = log["address"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
        // Keep the pipe open and empty, or the server blocks on its own log.
        std::thread::spawn(move || lines.read_to_string(&mut String::new()));
        Self { child, port }
    }

    fn get(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
        stream
    }

    fn terminate(&self) {
        assert!(Command::new("sh").args(["-c", &format!("kill {}", self.child.id())]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn help_describes_every_command_and_setting() {
    for arguments in [&["--help"][..], &["serve", "--help"], &["healthcheck", "--help"], &["check-config", "--help"]] {
        let (code, stdout, stderr) = run(program().args(arguments));
        assert_eq!((code, stderr.as_str()), (Some(0), ""));
        assert!(stdout.contains("Examples:"), "{stdout}");
        insta::assert_snapshot!(arguments.join("_").replace("--", ""), stdout);
    }
}

#[test]
fn check_config_prints_the_settings_and_where_they_are_from() {
    let mut command = program();
    command.env("BACKEND_URL", "https://api.example.com").args(["check-config", "--port", "8080"]);
    // An https backend needs certificates to trust; these are nobody's but they parse.
    let (code, stdout, stderr) =
        run(command.env("SSL_CERT_FILE", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ca.pem")));
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(stdout);
}

#[test]
fn check_config_names_every_fault_at_once() {
    let mut command = program();
    command.envs([("PORT", "70000"), ("BACKEND_URL", "localhost:8000"), ("HOST", "here"), ("BACKEND_TIMEOUT", "0")]);
    command.envs([("SHUTDOWN_GRACE_SECONDS", "-1"), ("MAX_CONNECTIONS", "0")]);
    let (code, stdout, stderr) = run(command.args(["check-config", "--log-format", "xml"]));
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    insta::assert_snapshot!(stderr);
    let (code, _, stderr) = run(program().env("LOG_FILTER", "a=b=c").arg("check-config"));
    assert_eq!(code, Some(1));
    assert!(stderr.contains("reading the log filter `a=b=c`"), "{stderr}");
}

#[test]
fn wrong_settings_stop_the_server_before_it_listens() {
    assert_eq!(run(program().env("BACKEND_URL", "ftp://a")).0, Some(2));
    assert_eq!(run(program().args(["serve", "--nonsense"])).0, Some(2));
    assert_eq!(run(program().env("LOG_FILTER", "a=b=c")).0, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn healthcheck_tells_by_its_exit_code() {
    let fake = Fake::start(friendly).await;
    let server = Server::start(&fake.url);
    let check = |arguments: &[&str]| {
        run(program().env("PORT", server.port.to_string()).env("HOST", "127.0.0.1").arg("healthcheck").args(arguments))
    };
    assert_eq!(check(&[]).0, Some(0));
    let (code, _, stderr) = check(&["--path", "/nope"]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("/nope` is 404"), "{stderr}");
    let port = server.port;
    drop(server);
    assert_eq!(run(program().args(["healthcheck", "--host", "127.0.0.1", "--port", &port.to_string()])).0, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_lets_a_request_in_flight_finish() {
    let (asked, waiting) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let fake = Fake::start(move |_| -> Reply {
        asked.send(()).unwrap();
        let released = released.lock().unwrap();
        tokio::task::block_in_place(|| released.recv().unwrap());
        items("[]", 0)
    })
    .await;
    let mut server = Server::start(&fake.url);
    let page = server.get("/");
    waiting.recv().unwrap();
    server.terminate();
    // The listener closes first, which shows that the signal arrived.
    while TcpStream::connect(("127.0.0.1", server.port)).is_ok() {
        std::thread::yield_now();
    }
    release.send(()).unwrap();
    let page = text(page);
    assert!(page.starts_with("HTTP/1.1 200 OK") && page.contains("No items yet"), "{page}");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

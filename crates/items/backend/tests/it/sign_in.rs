//! Passwords that change, and tokens in place of them.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc,
    thread,
};

use serde_json::json;
use testing::Postgres;

use crate::server::{Server, program};

const CREDENTIALS: &str =
    r#"{"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"secret","Token":"session","Expiration":"2099-01-01T00:00:00Z"}"#;

/// Answers as the agent of ECS does at `/credentials`, and else as Secrets Manager, whose secret has the password `second`.
/// What Secrets Manager is sent can be received.
fn aws() -> (SocketAddr, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sent, received) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let request = head_of(&stream);
            let secret =
                json!({ "Name": "x", "SecretString": r#"{"username":"app","password":"second"}"# }).to_string();
            let body = if request.starts_with("GET /credentials ") { CREDENTIALS } else { &*secret };
            if request.starts_with("POST / ") {
                sent.send(request).unwrap();
            }
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    (address, received)
}

fn head_of(stream: &TcpStream) -> String {
    let lines = BufReader::new(stream).lines().map(Result::unwrap);
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_password_that_was_changed_is_asked_for_and_nobody_notices() {
    let Some(postgres) = Postgres::start() else { return };
    let url = postgres.database();
    // In the words of `database_users`, but for what only RDS has.
    postgres.ask(&url, "CREATE ROLE app LOGIN PASSWORD 'first'; GRANT ALL ON SCHEMA public TO app");
    let (aws, received) = aws();
    let bare = url.replace("postgres:of-the-tests@", "");
    let server = Server::start_at(&bare, |command| {
        command.envs([("DATABASE_USER", "app"), ("DATABASE_PASSWORD", "first")]);
        command.env("DATABASE_SECRET_ARN", "arn:aws:secretsmanager:eu-central-1:000000000000:secret:rds!db-x");
        command.env("AWS_ENDPOINT_URL_SECRETS_MANAGER", format!("http://{aws}"));
        command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("http://{aws}/credentials"));
    });
    let create = async |name: &str| server.post(&json!({ "name": name })).send().await.unwrap().status();
    assert_eq!(create("before").await, 201);
    assert!(received.try_recv().is_err(), "it asks only once it is refused");
    postgres.ask(&url, "ALTER ROLE app PASSWORD 'second'");
    postgres.ask(&url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'");
    // The first may meet the end of its connection.
    while create("meanwhile").await != 201 {}
    let request = received.recv().unwrap();
    assert!(request.contains("x-amz-target: secretsmanager.GetSecretValue"), "{request}");
    assert!(request.contains("authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{request}");
    assert!(
        request.contains("/eu-central-1/secretsmanager/aws4_request, SignedHeaders=content-type;host;"),
        "{request}"
    );
    assert!(received.try_recv().is_err(), "it keeps what it was told");
}

/// What a client gives as its password, whose server refuses it.
fn given(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    let mut length = [0; 4];
    stream.read_exact(&mut length).unwrap();
    let mut startup = vec![0; u32::from_be_bytes(length) as usize - 4];
    stream.read_exact(&mut startup).unwrap();
    // AuthenticationCleartextPassword.
    stream.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 3]).unwrap();
    let mut head = [0; 5];
    stream.read_exact(&mut head).unwrap();
    let [kind, length @ ..] = head;
    assert_eq!(kind, b'p', "no password");
    let mut password = vec![0; u32::from_be_bytes(length) as usize - 5];
    stream.read_exact(&mut password).unwrap();
    let fields = b"SFATAL\0VFATAL\0C28P01\0Mrefused by the test\0\0";
    stream.write_all(&[b"E", &(u32::try_from(fields.len()).unwrap() + 4).to_be_bytes()[..], fields].concat()).unwrap();
    String::from_utf8(password).unwrap()
}

#[test]
fn a_server_of_rds_is_given_a_token_if_there_is_no_password() {
    let rds = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = rds.local_addr().unwrap().port();
    let (aws, _received) = aws();
    let host = "items.abc.eu-central-1.rds.amazonaws.com";
    let url = format!("postgresql://back_end@{host}:{port}/items?hostaddr=127.0.0.1&sslmode=disable");
    let backend = program()
        .args(["--port", "0"])
        .envs([("DATABASE_URL", &*url), ("DATABASE_USER", "back_end")])
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("http://{aws}/credentials"))
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let token = given(&rds);
    assert!(token.starts_with(&format!("{host}:{port}/?Action=connect&DBUser=back_end&X-Amz-Algorithm=")), "{token}");
    assert!(
        token.contains("%2Feu-central-1%2Frds-db%2Faws4_request&") && token.contains("X-Amz-Security-Token=session")
    );
    let output = backend.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.matches("refused by the test").count() == 1 && !told.contains("X-Amz"), "{told}");
}

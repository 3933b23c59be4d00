//! What becomes of the backend when PostgreSQL goes away, comes back, changes places or is another.

use std::{path::Path, process::Command, sync::Arc};

use reqwest::{Response, StatusCode};
use serde_json::json;
use testing::Postgres;

use crate::server::{Server, program};

async fn told(response: Response, status: StatusCode) -> String {
    assert_eq!(response.status(), status);
    response.text().await.unwrap()
}

async fn create(server: &Server, name: &str) -> StatusCode {
    server.post(&json!({ "name": name })).send().await.unwrap().status()
}

#[tokio::test]
async fn goes_on_after_postgresql_was_away_and_says_meanwhile_that_nothing_was_made() {
    let Some(postgres) = Postgres::start() else { return };
    let server = Server::start_at(&postgres.database(), |_| {});
    assert_eq!(create(&server, "before").await, StatusCode::CREATED);
    postgres.stop();
    let refused = server.post(&json!({ "name": "meanwhile" })).send().await.unwrap();
    assert_eq!(refused.headers()["retry-after"], "1");
    let refused = told(refused, StatusCode::SERVICE_UNAVAILABLE).await;
    assert!(refused.contains("a write has not been made"), "{refused}");
    assert_eq!(server.get("/health").send().await.unwrap().status(), 200);
    postgres.go();
    // The very first request: what was open is noticed to be gone.
    assert_eq!(create(&server, "after").await, StatusCode::CREATED);
    let names: Vec<_> = server.items().await.iter().map(|item| item["name"].clone()).collect();
    assert_eq!(names, ["after", "before"]);
}

#[tokio::test]
async fn a_connection_to_what_became_the_standby_is_given_up() {
    let Some(postgres) = Postgres::start() else { return };
    let url = postgres.database();
    let server = Server::start_at(&url, |_| {});
    assert_eq!(create(&server, "before").await, StatusCode::CREATED);
    postgres.ask(&url, "ALTER SYSTEM SET default_transaction_read_only = on");
    postgres.ask(&url, "SELECT pg_reload_conf()");
    let mut made = 1;
    let refused = loop {
        let answer = server.post(&json!({ "name": "meanwhile" })).send().await.unwrap();
        if answer.status() != StatusCode::CREATED {
            break told(answer, StatusCode::SERVICE_UNAVAILABLE).await;
        }
        // The server has yet to see what has been set.
        made += 1;
    };
    assert!(refused.contains("a write has not been made"), "{refused}");
    postgres.ask(&url, "ALTER SYSTEM RESET default_transaction_read_only");
    postgres.ask(&url, "SELECT pg_reload_conf()");
    assert_eq!(create(&server, "after").await, StatusCode::CREATED);
    assert_eq!(server.items().await.len(), made + 1);
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended_with_its_request() {
    let Some(postgres) = Postgres::start().map(Arc::new) else { return };
    let url = postgres.database();
    let server = Server::start_at(&url, |_| {});
    // A connection that is open: another could not prepare its statements.
    assert_eq!(create(&server, "before").await, StatusCode::CREATED);
    let holder = {
        let (postgres, url) = (postgres.clone(), url.clone());
        std::thread::spawn(move || postgres.ask(&url, "LOCK TABLE items; SELECT pg_sleep(60)"))
    };
    let held =
        "SELECT count(*) FROM pg_locks WHERE relation = 'items'::regclass AND mode = 'AccessExclusiveLock' AND granted";
    while postgres.ask(&url, held) != "1" {}
    let refused = server.post(&json!({ "name": "slow" })).send().await.unwrap();
    let refused = told(refused, StatusCode::SERVICE_UNAVAILABLE).await;
    assert!(refused.contains("a write may or may not have been made"), "{refused}");
    let working = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'backend' AND state = 'active'";
    assert_eq!(postgres.ask(&url, working), "0");
    postgres.ask(&url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LOCK%'");
    assert!(holder.join().is_err(), "`psql` says that it was ended");
    assert_eq!(create(&server, "after").await, StatusCode::CREATED);
    assert_eq!(server.items().await.len(), 2);
}

#[tokio::test]
async fn tasks_that_start_at_once_migrate_once_and_take_a_newer_database() {
    let Some(postgres) = Postgres::start() else { return };
    let url = postgres.database();
    let start = || {
        let url = url.clone();
        std::thread::spawn(move || Server::start_at(&url, |_| {}))
    };
    let servers: Vec<_> = [start(), start(), start(), start()].map(|thread| thread.join().unwrap()).into();
    assert_eq!(postgres.ask(&url, "SELECT count(*) = max(number) FROM migrations"), "t");
    drop(servers);
    postgres.ask(&url, "INSERT INTO migrations (number) VALUES (99)");
    let old = Server::start_at(&url, |_| {});
    assert_eq!(create(&old, "of the release before").await, StatusCode::CREATED);
}

/// What the program says that can't start with these settings.
fn refusal(url: &str) -> String {
    let output = program().args(["--port", "0"]).env("DATABASE_URL", url).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_wrong_password_is_an_error_at_once_and_in_no_message() {
    let Some(postgres) = Postgres::start() else { return };
    let url = postgres.database();
    let wrong = url.replace("of-the-tests", "hunter2");
    let told = refusal(&wrong);
    assert!(told.contains("password authentication failed"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

fn openssl(directory: &Path, arguments: &str) {
    let done = Command::new("openssl").args(arguments.split(' ')).current_dir(directory).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[tokio::test]
async fn encrypts_for_the_server_that_the_authority_knows_and_for_no_other() {
    let Some(_) = testing::found(&["openssl"]) else { return };
    let Some(postgres) = Postgres::start() else { return };
    let here = tempfile::tempdir().unwrap();
    openssl(here.path(), "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=authority");
    openssl(
        here.path(),
        "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 2 -subj /CN=db -CA ca.pem -CAkey ca.key \
         -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE",
    );
    postgres.encrypt(&here.path().join("certificate.pem"), &here.path().join("key.pem"));
    postgres.stop();
    postgres.go();
    let url = postgres.database();
    let with = |host: &str, authority: &str| format!("{}?sslmode=require{authority}", url.replace("127.0.0.1", host));
    let ours = format!("&sslrootcert={}", here.path().join("ca.pem").display());
    let server = Server::start_at(&with("localhost", &ours), |_| {});
    assert_eq!(create(&server, "secret").await, StatusCode::CREATED);
    let encrypted =
        "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'backend'";
    assert_eq!(postgres.ask(&url, encrypted), "t");
    for (host, authority, says) in
        [("127.0.0.1", &*ours, "certificate not valid for name"), ("localhost", "", "UnknownIssuer")]
    {
        let told = refusal(&with(host, authority));
        assert!(told.contains(says), "{told}");
    }
}

//! Moving from SQLite to PostgreSQL.

use std::{path::Path, process::Output};

use reqwest::Method;
use serde_json::json;
use testing::Postgres;

use crate::server::{Server, program};

fn import(file: &Path, url: &str) -> Output {
    program().arg("import-sqlite").arg(file).env("DATABASE_URL", url).output().unwrap()
}

fn refusal(file: &Path, url: &str) -> String {
    let output = import(file, url);
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn everything_moves_into_what_is_empty_and_ids_are_not_given_again() {
    let Some(postgres) = Postgres::start() else { return };
    let directory = tempfile::tempdir().unwrap();
    let old = Server::start(directory.path());
    for n in 0..500 {
        let description = (n % 2 == 0).then(|| "ü\n\"\\".repeat(n));
        old.post(&json!({ "name": format!("{n} \u{1f375}"), "description": description })).send().await.unwrap();
    }
    for id in [3, 500] {
        old.request(Method::DELETE, &format!("/api/items/{id}")).send().await.unwrap();
    }
    let items = old.items().await;
    drop(old);

    let (file, url) = (directory.path().join("items.db"), postgres.database());
    let done = import(&file, &url);
    assert_eq!(String::from_utf8(done.stdout).unwrap(), "498 items imported and compared\n");
    let new = Server::start_at(&url, |_| {});
    assert_eq!(new.items().await, items);
    let created: serde_json::Value = new.post(&json!({ "name": "next" })).send().await.unwrap().json().await.unwrap();
    assert_eq!(created["id"], 501);
    drop(new);
    let told = refusal(&file, &url);
    assert!(told.contains("the target has 499 items already"), "{told}");
}

#[test]
fn what_cannot_be_moved_changes_nothing() {
    let Some(postgres) = Postgres::start() else { return };
    let directory = tempfile::tempdir().unwrap();
    let (file, url) = (directory.path().join("items.db"), postgres.database());
    assert!(refusal(&file, &url).contains("there is no file `"));
    assert!(!file.exists());
    drop(Server::start(directory.path()));
    let source = rusqlite::Connection::open(&file).unwrap();
    let sql = "INSERT INTO items (name, created_at) VALUES ('good', 1), ('bad' || char(0), 2)";
    source.execute(sql, []).unwrap();
    let told = refusal(&file, &url);
    assert!(told.contains("item 2 has a NUL in its text"), "{told}");
    assert_eq!(postgres.ask(&url, "SELECT count(*) FROM items"), "0");
    let told = refusal(&file, "sqlite:////tmp/other.db");
    assert!(told.contains("the target is SQLite, too"), "{told}");
}

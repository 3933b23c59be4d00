//! The command line of the program.

use std::process::Output;

use tempfile::tempdir;

use crate::server::{Server, program};

fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    program().args(arguments).envs(environment.iter().copied()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn help_documents_every_setting() {
    let output = run(&["--help"], &[]);
    assert!(output.status.success());
    insta::assert_snapshot!(text(&output.stdout));
}

#[tokio::test]
async fn healthcheck_tells_a_running_server_from_none() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    let port = server.url.rsplit(':').next().unwrap().to_owned();
    let check = |arguments: &[&str]| run(&[&["healthcheck"], arguments].concat(), &[("PORT", port.as_str())]);
    assert!(check(&[]).status.success());
    assert!(check(&["--path", "/ready"]).status.success());
    let wrong = check(&["--path", "/nowhere"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(text(&wrong.stderr).contains("/nowhere` is 404"), "{}", text(&wrong.stderr));
    drop(server);
    assert_eq!(check(&[]).status.code(), Some(1));
}

#[test]
fn check_config_prints_good_settings_and_names_the_bad_one() {
    let good = run(&["check-config"], &[("DATABASE_URL", "sqlite:////tmp/x.db"), ("PORT", "9000")]);
    assert!(good.status.success());
    insta::assert_snapshot!(text(&good.stdout));
    for (variable, value, says) in [
        ("DATABASE_URL", "mysql://u:secret@h/d", "`mysql` databases are not supported"),
        ("DATABASE_URL", "postgres://u:secret@h/d?sslmode=prefer", "`sslmode=prefer` is none of"),
        ("DATABASE_URL", "postgres://u:secret@h/d?sslrootcert=/no/such", "reading the authorities in `/no/such`"),
        ("DATABASE_URL", "postgres://:secret@h/d", "set DATABASE_USER"),
        ("PGHOST", "h", "set DATABASE_USER"),
        ("DATABASE_URL", "sqlite:////no/such/directory/x.db", "`/no/such/directory` of the database does not exist"),
        ("DATABASE_URL", "sqlite:////tmp", "is a directory"),
        ("PORT", "70000", "70000"),
        ("HOST", "name", "name"),
        ("SHUTDOWN_GRACE_SECONDS", "soon", "soon"),
        ("MAX_CONNECTIONS", "0", "0"),
        ("LOG_FORMAT", "xml", "xml"),
    ] {
        let output = run(&["check-config"], &[(variable, value)]);
        let told = text(&output.stderr);
        assert!(!output.status.success() && told.contains(says), "{variable}={value}: {told}");
        assert!(!told.contains("secret"), "a password in the log: {told}");
    }
}

#[test]
fn a_port_in_use_is_a_clear_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let directory = tempdir().unwrap();
    let url = format!("sqlite:///{}/a.db", directory.path().display());
    let output = run(&["--host", "127.0.0.1", "--port", &address.port().to_string()], &[("DATABASE_URL", &url)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains(&format!("listening on `{address}`")), "{}", text(&output.stderr));
}

#[test]
fn a_file_that_is_no_database_is_a_clear_error() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("notes.txt");
    std::fs::write(&path, "not a database, but long enough to be looked at by the library ".repeat(20)).unwrap();
    let output = run(&["--port", "0"], &[("DATABASE_URL", &format!("sqlite:///{}", path.display()))]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("opening the database"), "{}", text(&output.stderr));
}

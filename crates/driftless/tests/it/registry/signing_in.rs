//! What other programs keep for registries: credentials, helpers that have them, certificates.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{
    cli::driftless,
    docker_registry::DockerRegistry,
    fake::{Fake, PASSWORD, USER, Wants, basic},
};
use crate::image::fixture::{Fixture, Said, run, said};

/// An image, and `driftless` with this `config.json` of Docker.
fn signed_in(config: &Value) -> Fixture {
    let fixture = Fixture::tiny();
    fixture.build("out", "");
    fs::create_dir(fixture.path("docker")).unwrap();
    fs::write(fixture.path("docker/config.json"), config.to_string()).unwrap();
    fixture
}

/// Pushes the image with the helpers of the fixture's `bin` on the path.
fn push(fixture: &Fixture, fake: &Fake, more: &str) -> Said {
    push_with(fixture, fake, "app", &[], more)
}

/// The same into `repository`, with these variables.
fn push_with(fixture: &Fixture, fake: &Fake, repository: &str, variables: &[(&str, PathBuf)], more: &str) -> Said {
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([fixture.path("bin")].into_iter().chain(env::split_paths(&path))).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    command.env("DOCKER_CONFIG", fixture.path("docker")).env("XDG_CONFIG_HOME", fixture.path("config"));
    command.env_remove("REGISTRY_AUTH_FILE").env_remove("XDG_RUNTIME_DIR");
    command.envs(variables.iter().cloned());
    command.env("PATH", path).current_dir(fixture.dir()).args(["image", "push", "out"]);
    command.arg(format!("{}/{repository}:1", fake.address)).args(more.split_whitespace());
    let said = said(&mut command);
    assert!(!format!("{said:?}").contains(PASSWORD), "{said:?}");
    said
}

/// Makes the credential helper `safe`: a shell script.
fn helper(fixture: &Fixture, script: &str) {
    let path = fixture.path("bin/docker-credential-safe");
    fs::create_dir_all(fixture.path("bin")).unwrap();
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Answers with the password, and keeps what it was asked.
fn knowing_helper(fixture: &Fixture) {
    let answer = json!({ "ServerURL": "", "Username": USER, "Secret": PASSWORD });
    let asked = fixture.path("asked");
    helper(fixture, &format!("{{ echo \"$1\"; cat; }} > '{}'; echo '{answer}'", asked.display()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_docker_login_left_behind_is_used() {
    for wants in [Wants::Basic, Wants::Token(100)] {
        let fake = Fake::with(wants, false).await;
        let auth = basic().trim_start_matches("Basic ").to_owned();
        for key in [fake.address.clone(), format!("https://{}/v1/", fake.address)] {
            let fixture = signed_in(&json!({ "auths": { "other.example.com": {}, key: { "auth": auth } } }));
            let pushed = push(&fixture, &fake, "");
            assert_eq!(pushed.code, 0, "{}", pushed.err);
            assert!(fake.tag("app", "1").is_some());

            let anonymous = push(&fixture, &fake, "--anonymous");
            assert_eq!(anonymous.code, 1);
            assert!(anonymous.err.contains("hint:"), "{}", anonymous.err);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_credential_helper_is_asked_for_the_registry() {
    let fake = Fake::with(Wants::Basic, false).await;
    for config in [json!({ "credHelpers": { &fake.address: "safe" } }), json!({ "credsStore": "safe" })] {
        let fixture = signed_in(&config);
        knowing_helper(&fixture);
        let pushed = push(&fixture, &fake, "");
        assert_eq!(pushed.code, 0, "{}", pushed.err);
        let asked = fs::read_to_string(fixture.path("asked")).unwrap();
        assert_eq!(asked.trim_end(), format!("get\n{}", fake.address));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_asked_before_the_registry_asks() {
    let fake = Fake::start().await;
    let fixture = signed_in(&json!({ "credsStore": "safe" }));
    knowing_helper(&fixture);
    assert_eq!(push(&fixture, &fake, "").code, 0);
    assert!(!fixture.path("asked").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_helper_that_knows_nothing_leaves_it_to_the_file() {
    let fake = Fake::with(Wants::Basic, false).await;
    let auth = basic().trim_start_matches("Basic ").to_owned();
    let fixture = signed_in(&json!({ "credsStore": "safe", "auths": { &fake.address: { "auth": auth } } }));
    helper(&fixture, "echo 'credentials not found in native keychain'; exit 1");
    let pushed = push(&fixture, &fake, "");
    assert_eq!(pushed.code, 0, "{}", pushed.err);
}

fn wrong() -> Value {
    use base64::Engine;
    json!({ "auth": base64::prelude::BASE64_STANDARD.encode("somebody:wrong horse") })
}

fn right() -> Value {
    json!({ "auth": basic().trim_start_matches("Basic ") })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_longest_path_of_a_repository_has_its_credentials() {
    let fake = Fake::with(Wants::Basic, false).await;
    let key = |path: &str| format!("{}{path}", fake.address);
    let fixture = signed_in(&json!({ "auths": {
        key("/team/app/other"): wrong(),
        key("/team/ap"): wrong(),
        key("/team"): right(),
        key("/tea"): wrong(),
        key(""): wrong(),
    } }));
    for repository in ["team/app", "team/deeper/app", "team"] {
        let pushed = push_with(&fixture, &fake, repository, &[], "");
        assert_eq!(pushed.code, 0, "{repository}: {}", pushed.err);
    }
    for repository in ["team/app/other", "teams/app", "app"] {
        let refused = push_with(&fixture, &fake, repository, &[], "");
        assert!(refused.err.contains("it does not accept the credentials"), "{repository}: {}", refused.err);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn podman_s_places_come_before_docker_s() {
    let fake = Fake::with(Wants::Basic, false).await;
    let fixture = signed_in(&json!({ "auths": { &fake.address: wrong() } }));
    let auths = json!({ "auths": { &fake.address: right() } }).to_string();
    let places = [
        ("REGISTRY_AUTH_FILE", "own/auth.json", "own/auth.json"),
        ("XDG_RUNTIME_DIR", "run", "run/containers/auth.json"),
        ("XDG_CONFIG_HOME", "home", "home/containers/auth.json"),
    ];
    for (variable, value, file) in places {
        assert_eq!(push(&fixture, &fake, "").code, 1);
        let file = fixture.path(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, &auths).unwrap();
        let pushed = push_with(&fixture, &fake, "app", &[(variable, fixture.path(value))], "");
        assert_eq!(pushed.code, 0, "{variable}: {}", pushed.err);
    }
    // A place that there is not is none.
    let runtime = [("XDG_RUNTIME_DIR", fixture.path("docker/config.json"))];
    let refused = push_with(&fixture, &fake, "app", &runtime, "");
    assert!(refused.err.contains("it does not accept the credentials"), "{}", refused.err);

    let home = fixture.path("somebody");
    fs::create_dir_all(home.join(".config/containers")).unwrap();
    fs::write(home.join(".config/containers/auth.json"), &auths).unwrap();
    let nowhere = PathBuf::new();
    let pushed = push_with(&fixture, &fake, "app", &[("HOME", home), ("XDG_CONFIG_HOME", nowhere)], "");
    assert_eq!(pushed.code, 0, "{}", pushed.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_helper_that_is_missing_does_not_matter_where_somebody_else_knows() {
    let fake = Fake::with(Wants::Basic, false).await;
    let same = json!({ "credsStore": "safe", "auths": { &fake.address: right() } });
    let pushed = push(&signed_in(&same), &fake, "");
    assert_eq!(pushed.code, 0, "{}", pushed.err);

    let another = signed_in(&json!({ "auths": { &fake.address: right() } }));
    let helped = another.path("helped.json");
    fs::write(&helped, json!({ "credHelpers": { &fake.address: "safe" } }).to_string()).unwrap();
    let pushed = push_with(&another, &fake, "app", &[("REGISTRY_AUTH_FILE", helped)], "");
    assert_eq!(pushed.code, 0, "{}", pushed.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credentials_that_cannot_be_read_are_an_error_that_names_where() {
    let fake = Fake::with(Wants::Basic, false).await;
    let helped = json!({ "credsStore": "safe" });
    let missing = push(&signed_in(&helped), &fake, "");
    let broken = signed_in(&helped);
    helper(&broken, "exit 3");
    let broken = push(&broken, &fake, "");
    let babbling = signed_in(&helped);
    helper(&babbling, &format!("echo 'the secret is {PASSWORD}'"));
    let babbling = push(&babbling, &fake, "");
    for (said, says) in [(missing, ""), (broken, "exit status: 3"), (babbling, "its output is not valid")] {
        assert_eq!(said.code, 1);
        assert!(said.err.contains("docker-credential-safe") && said.err.contains(says), "{}", said.err);
    }
    let spoilt = signed_in(&json!({ "auths": { &fake.address: { "auth": "no base64!" } } }));
    let spoilt = push(&spoilt, &fake, "");
    assert_eq!(spoilt.code, 1);
    assert!(spoilt.err.contains("docker/config.json") && spoilt.err.contains("hint: sign in again"), "{}", spoilt.err);
}

/// A certificate of its own for this machine, and its key.
fn certificate(fixture: &Fixture) -> (PathBuf, PathBuf) {
    let (key, certificate) = (fixture.path("registry.key"), fixture.path("registry.crt"));
    let words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=registry \
                 -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE";
    let mut openssl = Command::new("openssl");
    openssl.args(words.split_whitespace()).arg("-keyout").arg(&key).arg("-out").arg(&certificate);
    run(openssl.stdin(Stdio::null()));
    (certificate, key)
}

#[test]
fn a_registry_that_asks_for_a_certificate_is_shown_that_of_certs_d() {
    if testing::found(&["docker-registry", "openssl"]).is_none() {
        return;
    }
    let fixture = Fixture::tiny();
    fixture.build("out", "");
    let (certificate, key) = certificate(&fixture);
    let (own, private) = (certificate.display(), key.display());
    // Who has the registry's own key may come in: one certificate does for both sides.
    let tls = format!("  tls:\n    certificate: {own}\n    key: {private}\n    clientcas:\n      - {own}\n");
    let registry = DockerRegistry::with(fixture.dir(), &tls);
    let words = format!("image push out https://{}/app:1", registry.address);
    let places = ["containers", "docker"].map(|program| fixture.path("config").join(program).join("certs.d"));
    for place in places {
        let place = place.join(&registry.address);
        std::fs::create_dir_all(&place).unwrap();
        std::fs::copy(&certificate, place.join("ca.crt")).unwrap();
        let unknown = driftless(&fixture, &words);
        assert_eq!(unknown.code, 1, "trusted, but shown nothing: {}", unknown.err);
        assert!(!unknown.err.contains("UnknownIssuer"), "{}", unknown.err);
        std::fs::copy(&certificate, place.join("client.cert")).unwrap();
        let incomplete = driftless(&fixture, &words);
        assert!(incomplete.code == 1 && incomplete.err.contains("client.key` does not exist"), "{}", incomplete.err);
        std::fs::copy(&key, place.join("client.key")).unwrap();
        let pushed = driftless(&fixture, &words);
        assert_eq!(pushed.code, 0, "{}", pushed.err);
        std::fs::remove_dir_all(&place).unwrap();
    }
    assert_eq!(driftless(&fixture, &words).code, 1);
}

#[test]
fn a_certificate_that_nobody_else_knows_is_trusted_on_request() {
    if testing::found(&["docker-registry", "openssl"]).is_none() {
        return;
    }
    let fixture = Fixture::tiny();
    fixture.build("out", "");
    let (certificate, key) = certificate(&fixture);
    let tls = format!("  tls:\n    certificate: {}\n    key: {}\n", certificate.display(), key.display());
    let registry = DockerRegistry::with(fixture.dir(), &tls);
    let reference = format!("https://{}/app:1", registry.address);

    let refused = driftless(&fixture, &format!("image push out {reference}"));
    assert_eq!(refused.code, 1);
    // Told at once: waiting would not help.
    assert!(!refused.err.contains("retrying in"), "{}", refused.err);
    assert!(refused.err.contains("UnknownIssuer\nhint: if the registry has a CA of its own"), "{}", refused.err);
    let pushed = driftless(&fixture, &format!("image push out {reference} --ca-cert registry.crt"));
    assert_eq!(pushed.code, 0, "{}", pushed.err);
    let same = driftless(&fixture, &format!("image diff out {reference} --ca-cert registry.crt"));
    assert_eq!(same.code, 0, "{}", same.err);

    let none = driftless(&fixture, &format!("image push out {reference} --ca-cert app"));
    assert_eq!(none.code, 1);
    assert!(none.err.contains("`app`"), "{}", none.err);
}

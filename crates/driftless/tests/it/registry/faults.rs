//! A registry that misbehaves: every case ends in success or in a clear error, and never in a tag of an image that is
//! not whole.

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use oci::{Digest, Layout};
use registry::{self, Credentials, Endpoint, Events, Job, Login, NoLogin, Password, Registry, Secret, Settings, Trust};

use super::fake::{Fake, Fault, PASSWORD, Step, USER, Wants};
use crate::image::fixture::Fixture;

/// What each step of a push asks.
const PUSH: [Step; 5] = [Step::HeadManifest, Step::HeadBlob, Step::Begin, Step::Put, Step::PutManifest];

fn settings() -> Settings {
    Settings {
        attempts: 4,
        pause: Duration::from_millis(1),
        silence: Duration::from_millis(400),
        ..Settings::default()
    }
}

fn registry_as(address: &str, login: Arc<dyn Login>) -> Registry {
    Registry::new(Endpoint::parse(address).unwrap(), login, Trust::default(), settings(), Events::none())
}

fn registry(address: &str) -> Registry {
    registry_as(address, Arc::new(NoLogin))
}

fn password() -> Arc<dyn Login> {
    Arc::new(Password { user: USER.to_owned(), password: Secret::new(PASSWORD) })
}

/// A layout that can be pushed.
fn image() -> (Fixture, Layout) {
    let fixture = Fixture::tiny();
    fixture.build("out", "");
    let layout = Layout::open(&fixture.path("out")).unwrap();
    (fixture, layout)
}

fn job(image: &Layout) -> Job {
    Job { layout: image.dir().to_owned(), repository: "app".to_owned(), tag: Some("1".to_owned()) }
}

async fn push(registry: &Registry, image: &Layout) -> Result<(), String> {
    registry::push(registry, &[job(image)]).await.map(drop).map_err(|error| format!("{error:#}"))
}

async fn pull(registry: &Registry, fixture: &Fixture) -> Result<(), String> {
    let reference = format!("{}/app:1", registry.endpoint()).parse().unwrap();
    let pulled = registry::pull(registry, &reference, None, &fixture.path("back")).await;
    pulled.map(drop).map_err(|error| format!("{error:#}"))
}

/// Pushes against a registry with this fault; what holds in any case.
async fn push_with(fault: Fault) -> (Fake, Result<(), String>) {
    let (_fixture, image) = image();
    let fake = Fake::start().await;
    fake.fault(fault);
    let result = push(&registry(&fake.address), &image).await;
    assert!(fake.is_whole());
    assert_eq!(fake.tag("app", "1"), result.is_ok().then(|| image.digest()), "{result:?}");
    (fake, result)
}

async fn pushes(fault: Fault) {
    let told = format!("{fault:?}");
    let (_, result) = push_with(fault).await;
    assert_eq!(result, Ok(()), "{told}");
}

async fn fails(fault: Fault, says: &str) {
    let told = format!("{fault:?}");
    let (_, result) = push_with(fault).await;
    let error = result.expect_err(&told);
    assert!(error.contains(says), "{told}: {error}");
}

#[tokio::test]
async fn a_passing_refusal_at_any_step_is_overcome() {
    for step in PUSH {
        for status in [408, 429, 500, 502, 503] {
            pushes(Fault::status(step, status)).await;
        }
    }
}

#[tokio::test]
async fn a_lasting_refusal_at_any_step_is_told() {
    for step in PUSH {
        fails(Fault::status(step, 500).always(), "500 Internal Server Error").await;
        fails(Fault::wait(step, "3600"), "429 Too Many Requests").await;
        // That a manifest may not be looked at does not say that it may not be pushed.
        if step != Step::HeadManifest {
            fails(Fault::says(step, 403, "DENIED", "no").always(), "403 Forbidden").await;
        }
    }
}

#[tokio::test]
async fn retry_after_is_honoured() {
    let (_fixture, image) = image();
    let fake = Fake::start().await;
    fake.fault(Fault::wait(Step::Begin, "1"));
    let pauses = Arc::new(std::sync::Mutex::new(Vec::new()));
    let told = pauses.clone();
    let events = Events::new(move |event| {
        if let registry::TransferEvent::Retry { pause_ms, .. } = event {
            told.lock().unwrap().push(pause_ms);
        }
    });
    let endpoint = Endpoint::parse(&fake.address).unwrap();
    let registry = Registry::new(endpoint, Arc::new(NoLogin), Trust::default(), settings(), events);
    push(&registry, &image).await.unwrap();
    assert_eq!(*pauses.lock().unwrap(), [1000]);
}

#[tokio::test]
async fn a_step_that_gets_stuck_is_tried_again_and_given_up_in_the_end() {
    for step in PUSH {
        pushes(Fault::stuck(step)).await;
    }
    fails(Fault::stuck(Step::Put).always(), "no bytes for 0.4 s").await;
}

#[tokio::test]
async fn an_answer_that_names_another_digest_is_an_error() {
    for step in [Step::Put, Step::PutManifest] {
        let (_fixture, image) = image();
        let fake = Fake::start().await;
        fake.fault(Fault::wrong_digest(step));
        let error = push(&registry(&fake.address), &image).await.unwrap_err();
        assert!(error.contains("the registry stored `sha256:"), "{error}");
        assert!(fake.is_whole());
    }
}

#[tokio::test]
async fn an_upload_without_a_location_is_an_error() {
    fails(Fault::without(Step::Begin, "location").always(), "202 Accepted came without a `Location`").await;
}

#[tokio::test]
async fn a_registry_that_names_no_digests_is_asked_for_them() {
    let (_fixture, image) = image();
    let fake = Fake::start().await;
    for step in [Step::HeadManifest, Step::PutManifest, Step::Put] {
        fake.fault(Fault::without(step, "docker-content-digest").always());
    }
    push(&registry(&fake.address), &image).await.unwrap();
    fake.seen();
    push(&registry(&fake.address), &image).await.unwrap();
    let steps: Vec<_> = fake.seen().iter().map(|seen| seen.step).collect();
    assert_eq!(steps, [Step::HeadManifest, Step::GetManifest]);
}

#[tokio::test]
async fn a_mount_that_is_declined_becomes_an_upload() {
    let (_fixture, image) = image();
    let fake = Fake::start().await;
    let registry = registry(&fake.address);
    // 202 and a session, whatever is asked to be mounted.
    let sibling = Job { repository: "sibling".to_owned(), ..job(&image) };
    registry::push(&registry, std::slice::from_ref(&sibling)).await.unwrap();
    fake.decline_mounts();
    fake.seen();
    registry::push(&registry, &[sibling, job(&image)]).await.unwrap();
    let count = |wanted: Step, seen: &[super::fake::Seen]| seen.iter().filter(|seen| seen.step == wanted).count();
    let seen = fake.seen();
    assert_eq!((count(Step::Mount, &seen), count(Step::Begin, &seen), count(Step::Put, &seen)), (3, 0, 3));
    assert!(fake.is_whole());
}

#[tokio::test]
async fn tokens_that_expire_at_any_moment_are_renewed() {
    let (_fixture, image) = image();
    for uses in 1..16 {
        let fake = Fake::with(Wants::Token(uses), false).await;
        push(&registry_as(&fake.address, password()), &image).await.unwrap();
        assert!(fake.is_whole() && fake.tag("app", "1") == Some(image.digest()), "{uses}");
    }
}

#[tokio::test]
async fn who_cannot_sign_in_is_told_so() {
    let (_fixture, image) = image();
    let wrong = || Arc::new(Password { user: USER.to_owned(), password: Secret::new("wrong horse") });
    for wants in [Wants::Basic, Wants::Token(100)] {
        let fake = Fake::with(wants, false).await;
        let anonymous = push(&registry(&fake.address), &image).await.unwrap_err();
        assert!(anonymous.contains("signing in to `"), "{anonymous}");
        let refused = push(&registry_as(&fake.address, wrong()), &image).await.unwrap_err();
        assert!(refused.contains("signing in to `") && refused.contains("hint:"), "{refused}");
        assert!(!refused.contains("wrong horse"));
        push(&registry_as(&fake.address, password()), &image).await.unwrap();
    }
}

#[tokio::test]
async fn credentials_do_not_follow_a_redirect_to_another_host() {
    let (fixture, image) = image();
    let (fake, storage) = (Fake::with(Wants::Basic, false).await, Fake::start().await);
    push(&registry_as(&fake.address, password()), &image).await.unwrap();
    push(&registry(&storage.address), &image).await.unwrap();
    storage.seen();
    fake.fault(Fault::redirect(Step::GetBlob, &storage.address));
    pull(&registry_as(&fake.address, password()), &fixture).await.unwrap();
    let seen = storage.seen();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|seen| seen.step == Step::GetBlob && !seen.authorized), "{seen:?}");

    // And an upload does not go elsewhere at all.
    fake.fault(Fault::redirect(Step::Put, &storage.address));
    let other = Job { repository: "other".to_owned(), ..job(&image) };
    let pushed = registry::push(&registry_as(&fake.address, password()), &[other]).await;
    let error = format!("{:#}", pushed.unwrap_err());
    let says = format!("it was redirected to `http://{}`, and its body goes nowhere else", storage.address);
    assert!(error.contains(&says), "{error}");
    assert!(storage.seen().is_empty());
}

/// Has a refresh token.
struct Identity;

impl Login for Identity {
    fn credentials<'a>(&'a self, _: &'a str) -> BoxFuture<'a, anyhow::Result<Credentials>> {
        Box::pin(async { Ok(Credentials::Identity(Secret::new("a refresh token"))) })
    }
}

#[tokio::test]
async fn a_refresh_token_stays_with_its_token_service() {
    let (_fixture, image) = image();
    let (fake, thief) = (Fake::with(Wants::Token(100), false).await, Fake::start().await);
    for to in [&thief, &fake] {
        fake.behave();
        fake.fault(Fault::redirect(Step::Token, &to.address));
        fake.seen();
        let error = push(&registry_as(&fake.address, Arc::new(Identity)), &image).await.unwrap_err();
        assert!(error.contains("its body goes nowhere else") && !error.contains("a refresh token"), "{error}");
        assert!(thief.seen().is_empty());
        assert_eq!(fake.seen().iter().filter(|seen| seen.step == Step::Token).count(), 1);
    }
}

/// Signs in before the registry asks for it.
struct AtOnce(Arc<dyn Login>);

impl Login for AtOnce {
    fn credentials<'a>(&'a self, repository: &'a str) -> BoxFuture<'a, anyhow::Result<Credentials>> {
        self.0.credentials(repository)
    }

    fn at_once(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn credentials_are_not_sent_over_plain_http_to_another_machine() {
    let (_fixture, image) = image();
    // An address of documentation: nothing is sent, so nobody has to be there.
    let registry = registry_as("http://192.0.2.2:5000", Arc::new(AtOnce(password())));
    let error = push(&registry, &image).await.unwrap_err();
    assert!(error.contains("credentials are not sent over plain HTTP to another machine"), "{error}");
    assert_eq!(registry.traffic().requests(), 0);
}

/// A manifest of a config and a layer of these sizes, which `fake` has.
fn promise(fake: &Fake, config: &[u8], layer: u64) {
    let digest = Digest::of(b"a layer of any size");
    fake.hold_blob("app", digest, &[0; 4096]);
    fake.hold_blob("app", Digest::of(config), config);
    let manifest = serde_json::json!({
        "schemaVersion": 2, "mediaType": oci::media_type::MANIFEST,
        "config": { "mediaType": oci::media_type::CONFIG, "digest": Digest::of(config), "size": config.len() },
        "layers": [{ "mediaType": oci::media_type::LAYER_GZIP, "digest": digest, "size": layer }],
    });
    fake.hold("app", "1", oci::media_type::MANIFEST, &manifest);
}

#[tokio::test]
async fn a_blob_that_promises_a_terabyte_has_no_more_patience() {
    let fixture = Fixture::tiny();
    let fake = Fake::start().await;
    promise(&fake, b"{}", 1 << 40);
    fake.fault(Fault::trickle(Step::GetBlob));
    let settings = Settings { attempts: 1, ..settings() };
    let endpoint = Endpoint::parse(&fake.address).unwrap();
    let registry = Registry::new(endpoint, Arc::new(NoLogin), Trust::default(), settings, Events::none());
    let error = tokio::time::timeout(Duration::from_secs(20), pull(&registry, &fixture)).await.unwrap().unwrap_err();
    assert!(error.contains("timed out"), "{error}");
}

#[tokio::test]
async fn a_manifest_that_an_index_repeats_is_fetched_once() {
    let fixture = Fixture::tiny();
    let fake = Fake::start().await;
    let child = serde_json::json!({ "schemaVersion": 2, "mediaType": oci::media_type::MANIFEST, "layers": [] });
    let child = fake.hold("app", "child", oci::media_type::MANIFEST, &child);
    let child = serde_json::json!({ "mediaType": oci::media_type::MANIFEST, "digest": child, "size": 1 });
    let index =
        serde_json::json!({ "schemaVersion": 2, "mediaType": oci::media_type::INDEX, "manifests": vec![child; 250] });
    fake.hold("app", "1", oci::media_type::INDEX, &index);
    pull(&registry(&fake.address), &fixture).await.unwrap();
    assert_eq!(fake.seen().len(), 2);
}

#[tokio::test]
async fn a_tag_that_may_not_move_is_fine_if_it_is_there_already() {
    let (fixture, image) = image();
    let fake = Fake::with(Wants::Nothing, true).await;
    push(&registry(&fake.address), &image).await.unwrap();
    // As after a race: the question comes too early, the answer too late.
    fake.fault(Fault::status(Step::HeadManifest, 404));
    fake.fault(Fault::says(Step::PutManifest, 400, "TAG_INVALID", "it exists"));
    push(&registry(&fake.address), &image).await.unwrap();

    fixture.build("other", "--compression gzip");
    let other = Layout::open(&fixture.path("other")).unwrap();
    let error = push(&registry(&fake.address), &other).await.unwrap_err();
    assert!(error.contains("tag `1` cannot be moved from `sha256:"), "{error}");
    assert_eq!(fake.tag("app", "1"), Some(image.digest()));
}

#[tokio::test]
async fn a_pull_that_is_cut_short_is_repeated_and_a_slow_one_given_up() {
    let (fixture, image) = image();
    let fake = Fake::start().await;
    push(&registry(&fake.address), &image).await.unwrap();
    for fault in [
        Fault::truncated(Step::GetBlob),
        Fault::short(Step::GetBlob),
        Fault::truncated(Step::GetManifest),
        Fault::short(Step::GetManifest),
        Fault::wrong_digest(Step::GetManifest),
        Fault::stuck(Step::GetBlob),
        Fault::status(Step::GetBlob, 500),
    ] {
        fake.fault(fault);
        pull(&registry(&fake.address), &fixture).await.unwrap();
        assert!(oci::verify(&fixture.path("back")).is_ok());
    }
    std::fs::remove_dir_all(fixture.path("back")).unwrap();
    for (fault, says) in [
        (Fault::trickle(Step::GetBlob), "no bytes for 0.4 s, or too few"),
        (Fault::short(Step::GetBlob).always(), "with the digest `sha256:"),
        (Fault::truncated(Step::GetManifest).always(), "GET http://"),
    ] {
        fake.behave();
        fake.fault(fault);
        let error = pull(&registry(&fake.address), &fixture).await.unwrap_err();
        assert!(error.contains(says), "{error}");
        assert!(!fixture.path("back").exists());
    }
}

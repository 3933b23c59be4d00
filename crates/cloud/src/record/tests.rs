use std::sync::{Arc, Mutex};

use hint::ErrorReport;
use registry::signing::LocalKey;
use serde_json::json;

use super::*;

/// A bucket in memory.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl Store for Memory {
    async fn keys(&self, prefix: &str) -> anyhow::Result<Vec<String>> {
        let keys = self.0.lock().unwrap().keys().filter(|key| key.starts_with(prefix)).cloned().collect();
        // Somebody else gets a turn between a look and the act that follows from it.
        tokio::task::yield_now().await;
        Ok(keys)
    }

    async fn read(&self, key: &str) -> anyhow::Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap().get(key).cloned())
    }

    async fn create(&self, key: &str, body: Vec<u8>) -> anyhow::Result<bool> {
        let mut objects = self.0.lock().unwrap();
        let new = !objects.contains_key(key);
        if new {
            objects.insert(key.to_owned(), body);
        }
        Ok(new)
    }
}

fn draft(by: &str) -> Draft {
    let stack = include_bytes!("../../../../nix/rendered/stack.json");
    let release: Release = serde_json::from_str(include_str!("../../../model/tests/fixtures/release.json")).unwrap();
    let release = Release { stack: model::stack::Stack::parse(stack).unwrap(), ..release };
    Draft {
        by: by.to_owned(),
        kind: Kind::Deploy,
        revision: None,
        release,
        variables: Variables::default(),
        planned_with: None,
        configurations: BTreeMap::from([("dev".to_owned(), b"{}".to_vec())]),
    }
}

async fn add(records: &Records<Memory>, by: &str, outcome: Outcome) -> Record {
    records.add(draft(by), outcome, Timestamp::UNIX_EPOCH, None).await.unwrap()
}

#[tokio::test]
async fn two_that_release_at_once_never_take_the_same_number() {
    let store = Memory::default();
    let records = Records::new(store.clone(), "dev");
    let (one, two) = tokio::join!(add(&records, "one", Outcome::Live), add(&records, "two", Outcome::Live));
    assert_ne!(one.number, two.number);
    assert_eq!(records.numbers().await.unwrap(), [1, 2]);
    assert_eq!(records.get(one.number).await.unwrap().by, "one");
    assert_eq!(records.get(two.number).await.unwrap().by, "two");
}

#[tokio::test]
async fn the_release_to_go_back_to_is_the_last_that_was_seen_serving() {
    let records = Records::new(Memory::default(), "dev");
    add(&records, "a", Outcome::Live).await;
    add(&records, "b", Outcome::RolledBack).await;
    add(&records, "c", Outcome::Live).await;
    assert_eq!(records.live(None).await.unwrap().unwrap().number, 3);
    assert_eq!(records.live(Some(3)).await.unwrap().unwrap().number, 1);
    assert!(records.live(Some(1)).await.unwrap().is_none());
    assert_eq!(records.last(2).await.unwrap().iter().map(|record| record.number).collect::<Vec<_>>(), [3, 2]);
}

#[tokio::test]
async fn a_record_finds_its_configuration_and_notices_another() {
    let store = Memory::default();
    let records = Records::new(store.clone(), "dev");
    let record = add(&records, "a", Outcome::Live).await;
    assert_eq!(records.configuration(&record, "dev").await.unwrap(), b"{}");
    let key = store.keys("configurations/").await.unwrap().remove(0);
    store.0.lock().unwrap().insert(key, b"{ }".to_vec());
    let error = records.configuration(&record, "dev").await.unwrap_err().to_string();
    assert!(error.contains("is not what its name says"), "{error}");
}

#[tokio::test]
async fn a_record_that_is_not_what_its_key_says_is_refused() {
    let store = Memory::default();
    let records = Records::new(store.clone(), "dev");
    add(&records, "a", Outcome::Live).await;
    let key = key("dev", 1);
    let whole: serde_json::Value = serde_json::from_slice(&store.read(&key).await.unwrap().unwrap()).unwrap();
    let digest = whole["configurations"]["dev"].clone();
    for (pointer, value, says) in [
        ("/schema", json!(7), "schema 7 is not the one"),
        ("/number", json!(7), "it says that it is release 7 of `dev`"),
        ("/environment", json!("prod"), "it says that it is release 1 of `prod`"),
        (
            "/configurations",
            json!({ "/tmp/evil": digest }),
            "a configuration `/tmp/evil`, which is no root of its stack",
        ),
        ("/configurations", json!({ "../../evil": digest }), "a configuration `../../evil`"),
        ("/configurations", json!({ "dev/../evil": digest }), "a configuration `dev/../evil`"),
        ("/release/schema", json!(7), "schema 7"),
        ("/release/stack/schema", json!(7), "schema 7"),
        ("/release/stack/project", json!("../items"), "project name `../items`"),
        ("/release/stack/environments/dev/services/backend/environment/URL", json!("service:nobody"), "`nobody`"),
        (
            "/release/stack/environments/../evil",
            whole["release"]["stack"]["environments"]["dev"].clone(),
            "environment name",
        ),
        (
            "/release/images/\u{1b}[2J",
            whole["release"]["images"]["backend"].clone(),
            "image `\\u{1b}[2J` has no service",
        ),
    ] {
        let mut record = whole.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let (parent, name) = match pointer.split_once("/../") {
            Some((parent, name)) => (parent, format!("../{name}")),
            None => (parent, name.to_owned()),
        };
        record.pointer_mut(parent).unwrap()[&name] = value;
        store.0.lock().unwrap().insert(key.clone(), serde_json::to_vec(&record).unwrap());
        let report = ErrorReport::of(&records.get(1).await.unwrap_err());
        assert!(
            report.error.starts_with("reading release 1 of `dev`: ") && report.error.contains(says),
            "{pointer}: {report}"
        );
        assert!(report.hint.is_some() && records.live(None).await.is_err(), "{pointer}");
    }
}

#[tokio::test]
async fn a_configuration_that_is_more_than_is_rendered_is_not_planned_with() {
    let record = add(&Records::new(Memory::default(), "dev"), "a", Outcome::Live).await;
    let root = serde_json::Value::Null;
    let own = Own { environment: "dev", region: "us-east-1", root: &root };
    record.admits(include_bytes!("../../../../nix/rendered/dev/config.tf.json"), &own).unwrap();
    for (text, says) in [
        (
            r#"{"provider": {"aws": {"profile": "evil"}}}"#,
            "in the root `dev` here, `provider.aws.profile`; Terraform was not started",
        ),
        (r#"{"data": {}, "data": {}}"#, "reading the configuration of release 1 of `dev`: `data` is there twice"),
    ] {
        let report = ErrorReport::of(&record.admits(text.as_bytes(), &own).unwrap_err());
        assert!(
            report.error.contains("the configuration of release 1 of `dev`") && report.error.contains(says),
            "{report}"
        );
        assert!(report.hint.unwrap().contains("`releases/dev/00000001.json`"));
    }
}

#[tokio::test]
async fn records_of_environments_are_apart() {
    let store = Memory::default();
    add(&Records::new(store.clone(), "dev"), "a", Outcome::Live).await;
    let error = ErrorReport::of(&Records::new(store, "prod").get(1).await.unwrap_err()).to_string();
    assert!(error.contains("`prod` has no release 1") && error.contains("hint:"), "{error}");
}

#[tokio::test]
async fn the_difference_of_two_releases_reads_well() {
    let records = Records::new(Memory::default(), "dev");
    let one = add(&records, "a", Outcome::Live).await;
    let mut two = add(&records, "a", Outcome::Live).await;
    if let Some(image) = two.release.images.get_mut("backend") {
        image.digest = Digest::of(b"another");
    }
    two.variables.tasks.insert("backend".to_owned(), 3);
    two.variables.secret_versions.insert("backend/KEY".to_owned(), "v2".to_owned());
    let before = json!({ "resource": { "aws_vpc": { "main": { "a": 1 } }, "aws_lb": { "main": {} } } });
    let after = json!({ "resource": { "aws_vpc": { "main": { "a": 2 } }, "aws_waf": { "main": {} } } });
    insta::assert_snapshot!(Difference::between(&one, &two, (&before, &after)).text());
    assert!(Difference::between(&one, &one, (&before, &before)).is_empty());
}

#[tokio::test]
async fn nothing_serves_from_before_the_environment_was_destroyed() {
    let records = Records::new(Memory::default(), "dev");
    add(&records, "a", Outcome::Live).await;
    add(&records, "b", Outcome::Destroyed).await;
    assert!(records.live(None).await.unwrap().is_none());
    add(&records, "c", Outcome::Live).await;
    assert_eq!(records.live(None).await.unwrap().unwrap().number, 3);
    assert!(records.live(Some(3)).await.unwrap().is_none());
}

#[tokio::test]
async fn what_was_applied_last_need_not_serve() {
    let records = Records::new(Memory::default(), "dev");
    let applied = async || records.applied().await.unwrap().map(|record| record.number);
    assert_eq!(applied().await, None);
    add(&records, "a", Outcome::Failed).await;
    assert_eq!(applied().await, Some(1));
    add(&records, "b", Outcome::Live).await;
    add(&records, "c", Outcome::RolledBack).await;
    assert_eq!(applied().await, Some(2));
    add(&records, "d", Outcome::Failed).await;
    assert_eq!(applied().await, Some(4));
}

/// Adds what serves, with a program of `content`.
async fn serves(records: &Records<Memory>, content: &str, kind: Kind) -> Record {
    let mut draft = Draft { kind, ..draft("me") };
    for image in draft.release.images.values_mut() {
        image.digest = Digest::of(content.as_bytes());
    }
    records.add(draft, Outcome::Live, Timestamp::UNIX_EPOCH, None).await.unwrap()
}

#[tokio::test]
async fn going_back_leads_to_other_images_and_never_forward() {
    let records = Records::new(Memory::default(), "dev");
    let back = async |serving: &Record| records.before(serving).await.unwrap().map(|record| record.number);
    let first = serves(&records, "oldest", Kind::Deploy).await;
    assert_eq!(back(&first).await, None);
    serves(&records, "good", Kind::Deploy).await;
    serves(&records, "good", Kind::Secret { name: "backend/SECRET_KEY".into() }).await;
    serves(&records, "bad", Kind::Deploy).await;
    let scaled = serves(&records, "bad", Kind::Scale).await;
    assert_eq!(back(&scaled).await, Some(3), "another number of tasks is nothing to go back to");
    let once = serves(&records, "good", Kind::Rollback { to: 3 }).await;
    assert_eq!(back(&once).await, Some(1), "not to the bad one again");
    let scaled = serves(&records, "good", Kind::Scale).await;
    assert_eq!(back(&scaled).await, Some(1));
    serves(&records, "worse", Kind::Deploy).await;
    let paused = serves(&records, "worse", Kind::Pause).await;
    assert_eq!(back(&paused).await, Some(scaled.number));
    let twice = serves(&records, "good", Kind::Rollback { to: scaled.number }).await;
    assert_eq!(back(&twice).await, Some(1));
    let thrice = serves(&records, "oldest", Kind::Rollback { to: 1 }).await;
    assert_eq!(back(&thrice).await, None);
}

#[tokio::test]
async fn another_configuration_is_something_to_go_back_to() {
    let records = Records::new(Memory::default(), "dev");
    add(&records, "a", Outcome::Live).await;
    let other = BTreeMap::from([("dev".to_owned(), b"{ }".to_vec())]);
    let draft = Draft { configurations: other, ..draft("b") };
    let serving = records.add(draft, Outcome::Live, Timestamp::UNIX_EPOCH, None).await.unwrap();
    assert_eq!(records.before(&serving).await.unwrap().unwrap().number, 1);
}

fn signer() -> LocalKey {
    LocalKey::from_pem(include_bytes!("../../../signing/tests/keys/one.pem")).unwrap()
}

#[tokio::test]
async fn a_record_that_was_changed_after_it_was_signed_is_refused_by_name() {
    let store = Memory::default();
    let (records, one) = (Records::new(store.clone(), "dev"), signer());
    let add = async |records: &Records<Memory>| {
        records.add(draft("a"), Outcome::Live, Timestamp::UNIX_EPOCH, Some(&one)).await.unwrap()
    };
    let record = add(&records).await;
    assert!(records.is_signed(&record, one.public()).await.unwrap());
    assert_eq!(records.numbers().await.unwrap(), [1], "a signature is no release");
    let whole = store.0.lock().unwrap().clone();
    let says = "release 1 of `dev` is not what was signed: ";
    let refused = async |says: &str| {
        let read = records.get(1).await.unwrap();
        let report = ErrorReport::of(&records.is_signed(&read, one.public()).await.unwrap_err());
        assert!(report.error.starts_with(says), "{says}: {}", report.error);
        assert!(report.hint.unwrap().contains("`releases/dev/00000001.json`"));
    };

    // Another number of tasks, and nothing else.
    let mut forged = record.clone();
    forged.variables.tasks.insert("backend".to_owned(), 0);
    let put = |key: &str, body: Vec<u8>| store.0.lock().unwrap().insert(key.to_owned(), body);
    put("releases/dev/00000001.json", serde_json::to_vec_pretty(&forged).unwrap());
    refused(&format!("{says}the statement is about `sha256:")).await;
    // It is not what was read, though the bucket has the true one again.
    put("releases/dev/00000001.json", whole["releases/dev/00000001.json"].clone());
    let report = format!("{:#}", records.is_signed(&forged, one.public()).await.unwrap_err());
    assert!(report.ends_with("it changes while it is read"), "{report}");

    // The record and the signature of a later one, or of another environment.
    add(&records).await;
    let later = store.0.lock().unwrap().clone();
    put("releases/dev/00000001.sigstore.json", later["releases/dev/00000002.sigstore.json"].clone());
    refused(&format!("{says}the statement is about `sha256:")).await;
    add(&Records::new(store.clone(), "prod")).await;
    let prod = store.0.lock().unwrap()["releases/prod/00000001.sigstore.json"].clone();
    put("releases/dev/00000001.sigstore.json", prod);
    refused(&format!("{says}the statement is about `sha256:")).await;

    // Signed with another key; no signature at all.
    let other = LocalKey::from_pem(include_bytes!("../../../signing/tests/keys/two.pem")).unwrap();
    let forged = records.sign(&other, 1, &whole["releases/dev/00000001.json"]).await.unwrap();
    put("releases/dev/00000001.sigstore.json", forged.json());
    refused(&format!("{says}the signature is not one of the key sha256:")).await;
    put("releases/dev/00000001.sigstore.json", b"{}".to_vec());
    refused(&format!("{says}it is not a Sigstore bundle")).await;
    store.0.lock().unwrap().remove("releases/dev/00000001.sigstore.json");
    assert!(!records.is_signed(&record, one.public()).await.unwrap());
}

#[tokio::test]
async fn a_signature_of_the_same_bytes_under_another_key_is_refused() {
    let store = Memory::default();
    let (records, one) = (Records::new(store.clone(), "dev"), signer());
    let record = records.add(draft("a"), Outcome::Live, Timestamp::UNIX_EPOCH, Some(&one)).await.unwrap();
    let body = store.0.lock().unwrap()["releases/dev/00000001.json"].clone();
    let elsewhere = records.sign(&one, 7, &body).await.unwrap();
    store.0.lock().unwrap().insert("releases/dev/00000001.sigstore.json".to_owned(), elsewhere.json());
    let report = format!("{:#}", records.is_signed(&record, one.public()).await.unwrap_err());
    assert!(report.ends_with("the statement is about another record"), "{report}");
}

//! Parts lists: what is in them, and that they are found beside the image.

use std::{
    fs,
    process::Command,
    sync::{Arc, Mutex},
};

use oci::{Digest, Layout};
use registry::{self, Attachment, Endpoint, Events, Job, NoLogin, Registry, Settings, TransferEvent, Trust, sbom};
use serde_json::{Value, json};

use super::{
    cli::{bundle, driftless, events},
    docker_registry::DockerRegistry,
    fake::{Fake, Fault, Step, Wants},
};
use crate::image::fixture::{Fixture, run};

/// As `cargo auditable` writes it.
const LIST: &str = r#"{"packages":[
    {"name":"app","version":"0.1.0","source":"local","dependencies":[1,2],"root":true},
    {"name":"cc","version":"1.2.3","source":"crates.io","kind":"build"},
    {"name":"serde","version":"1.0.0+more","source":"crates.io"}]}"#;

#[test]
fn a_program_says_itself_what_it_was_made_of() {
    let fixture = Fixture::auditable(LIST);
    let digest = fixture.build("out", "")["digest"].as_str().unwrap().to_owned();
    let list = fixture.image("sbom out");
    assert_eq!((list.code, &*list.err), (0, ""));
    // The digest is one of this machine's linker.
    insta::assert_snapshot!(list.out.replace(&digest["sha256:".len()..], "…"));
    assert_eq!(fixture.image("sbom out").out, list.out);
}

#[test]
fn a_program_that_does_not_say_it_is_told_from_one_that_says_nonsense() {
    let silent = Fixture::tiny();
    silent.build("out", "");
    let said = silent.image("sbom out");
    assert_eq!(said.code, 1);
    assert!(
        said.err.contains("contains no list of packages\nhint: build it with `driftless bundle`, Nix or"),
        "{}",
        said.err
    );
    let nonsense =
        Fixture::auditable(r#"{"packages":[{"name":"a","version":"1","source":"local","dependencies":[7]}]}"#);
    nonsense.build("out", "");
    let said = nonsense.image("sbom out");
    assert!(said.code == 1 && said.err.contains("refers to entries that it does not have"), "{}", said.err);
}

/// As Cargo answers, of a package with its macro and its build script.
const TREE: &str = "app v0.1.0 (/src)\n|-- serde v1.0.229\n|   `-- serde_derive v1.0.229 (proc-macro)\n`-- sys v0.40.0\n    \
                    [build-dependencies]\n    `-- cc v1.2.3\n";

#[test]
fn a_program_that_is_told_carries_its_list_for_every_reader_and_still_runs() {
    let fixture = Fixture::real();
    fs::write(fixture.path("tree"), TREE).unwrap();
    let built = fixture.build("out", "--cargo-tree tree --package app");
    assert_eq!(built, fixture.build("again", "--cargo-tree tree --package app"));
    assert_ne!(built["digest"], fixture.build("silent", "")["digest"]);
    assert_eq!(fixture.image("verify out").code, 0);

    let root = fixture.path("root");
    oci::unpack(&Layout::open(&fixture.path("out")).unwrap(), &root).unwrap();
    let program = root.join("bin/app");
    assert_eq!(run(&mut Command::new(&program)), "it runs\n");
    // Another reader, which checks what it reads.
    let read = auditable_info::audit_info_from_file(&program, auditable_info::Limits::default()).unwrap();
    let read = read.packages.iter().map(|it| format!("{} {} {:?} {}", it.name, it.version, it.kind, it.root));
    assert_eq!(
        read.collect::<Vec<_>>(),
        [
            "app 0.1.0 Runtime true",
            "cc 1.2.3 Build false",
            "serde 1.0.229 Runtime false",
            "serde_derive 1.0.229 Build false",
            "sys 0.40.0 Runtime false",
        ]
    );
    let list: Value = serde_json::from_str(&fixture.image("sbom out").out).unwrap();
    let scopes: Vec<_> = list["components"].as_array().unwrap().iter().map(|it| it["scope"].as_str()).collect();
    let (linked, built) = (Some("required"), Some("excluded"));
    assert_eq!(scopes, [linked, built, linked, built, linked]);
}

#[test]
fn a_tree_of_another_package_is_refused() {
    let fixture = Fixture::tiny();
    fs::write(fixture.path("tree"), TREE).unwrap();
    let said = fixture.image("build --binary app --ca-bundle ca.crt --out out --cargo-tree tree --package web");
    assert!(said.code == 1 && said.err.contains("`cargo tree` says nothing of the package `web`"), "{}", said.err);
}

async fn get(url: String, accept: &str) -> Vec<u8> {
    let response = reqwest::Client::new().get(url).header("accept", accept).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.bytes().await.unwrap().to_vec()
}

#[tokio::test]
async fn a_pushed_image_has_its_list_as_a_referrer() {
    if testing::found(&["docker-registry"]).is_none() {
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let fixture = Fixture::auditable(LIST);
    let server = DockerRegistry::start(fixture.dir());
    bundle(&fixture);
    let push = format!("push --registry {}/items --bundle bundle api --json", server.address);
    let pushed = events(&driftless(&fixture, &push));
    let attached = pushed.iter().find(|event| event["type"] == "attached").unwrap();
    assert_eq!(attached["media_type"], sbom::MEDIA_TYPE);
    let again = events(&driftless(&fixture, &push));
    assert_eq!(again.last().unwrap()["requests"], 1);

    // This registry lists no referrers itself, so that they are listed under the tag that the specification names.
    let subject: Digest = attached["subject"].as_str().unwrap().parse().unwrap();
    let api = format!("http://{}/v2/items/api", server.address);
    let index = get(format!("{api}/manifests/sha256-{}", subject.hex()), oci::media_type::INDEX).await;
    let index: Value = serde_json::from_slice(&index).unwrap();
    assert_eq!(index["manifests"].as_array().unwrap().len(), 1);
    let listed = &index["manifests"][0];
    assert_eq!((&listed["digest"], &listed["artifactType"]), (&attached["digest"], &json!(sbom::MEDIA_TYPE)));
    let digest = listed["digest"].as_str().unwrap();
    let manifest = get(format!("{api}/manifests/{digest}"), oci::media_type::MANIFEST).await;
    assert_eq!(manifest.len() as u64, listed["size"]);
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["subject"]["digest"], subject.to_string());
    let list = get(format!("{api}/blobs/{}", manifest["layers"][0]["digest"].as_str().unwrap()), "").await;
    assert_eq!(String::from_utf8(list).unwrap(), fixture.image("sbom api").out);

    // By hand it is the same document, which is listed once.
    let attach = format!("image sbom api --attach {}/items/api", server.address);
    assert_eq!(driftless(&fixture, &attach).out.trim_end(), digest);
    let index = get(format!("{api}/manifests/sha256-{}", subject.hex()), oci::media_type::INDEX).await;
    assert_eq!(serde_json::from_slice::<Value>(&index).unwrap()["manifests"].as_array().unwrap().len(), 1);
    let nowhere = driftless(&fixture, &format!("image sbom web --attach {}/items/api", server.address));
    assert!(nowhere.code == 1 && nowhere.err.contains("the registry has no image `sha256:"), "{}", nowhere.err);
}

/// A pushed image with a list, the registry that has it, and the warnings that came.
async fn attach(fake: &Fake) -> (Fixture, Digest, Vec<String>) {
    let fixture = Fixture::auditable(LIST);
    fixture.build("out", "");
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let told = warnings.clone();
    let events = Events::new(move |event| {
        if let TransferEvent::Warning { message } = event {
            told.lock().unwrap().push(message);
        }
    });
    let settings = Settings { attempts: 2, pause: std::time::Duration::from_millis(1), ..Settings::default() };
    let endpoint = Endpoint::parse(&fake.address).unwrap();
    let registry = Registry::new(endpoint, Arc::new(NoLogin), Trust::default(), settings, events);
    let layout = fixture.path("out");
    let digest = Layout::open(&layout).unwrap().digest();
    let job = Job { layout: layout.clone(), repository: "app".to_owned(), tag: Some("1".to_owned()) };
    registry::push(&registry, &[job]).await.unwrap();
    sbom::attach(&registry, "app", &digest, &layout).await;
    let warnings = warnings.lock().unwrap().clone();
    (fixture, digest, warnings)
}

#[tokio::test]
async fn a_registry_that_lists_referrers_needs_no_tag_for_them() {
    let fake = Fake::start().await;
    fake.list_referrers();
    let (_fixture, digest, warnings) = attach(&fake).await;
    assert_eq!(warnings, [""; 0]);
    assert_eq!(fake.tag("app", &format!("sha256-{}", digest.hex())), None);
    assert!(fake.is_whole());
}

#[tokio::test]
async fn a_registry_that_wants_no_referrers_has_the_image_all_the_same() {
    for (step, fault) in [
        (Step::PutByDigest, Fault::says(Step::PutByDigest, 405, "UNSUPPORTED", "no referrers here").always()),
        (Step::PutByDigest, Fault::says(Step::PutByDigest, 400, "MANIFEST_INVALID", "subject").always()),
        (Step::PutByDigest, Fault::status(Step::PutByDigest, 500).always()),
        (Step::Referrers, Fault::status(Step::Referrers, 500).always()),
    ] {
        let fake = Fake::start().await;
        fake.fault(fault);
        let (_fixture, digest, warnings) = attach(&fake).await;
        assert_eq!(warnings.len(), 1, "{step:?}: {warnings:?}");
        assert!(
            warnings[0].starts_with(&format!("attaching the list of packages to `app@{digest}`: ")),
            "{warnings:?}"
        );
        assert_eq!(fake.tag("app", "1"), Some(digest));
        assert!(fake.is_whole());
    }
}

#[tokio::test]
async fn a_list_of_referrers_that_cannot_grow_is_said_to_be_one() {
    let fake = Fake::with(Wants::Nothing, true).await;
    let (_fixture, digest, warnings) = attach(&fake).await;
    assert_eq!(warnings, [""; 0], "the first one makes the tag");
    let endpoint = Endpoint::parse(&fake.address).unwrap();
    let registry = Registry::new(endpoint, Arc::new(NoLogin), Trust::default(), Settings::default(), Events::none());
    let attachment = |bytes: &[u8]| Attachment {
        media_type: "application/vnd.example".to_owned(),
        bytes: bytes.to_vec(),
        annotations: [].into(),
    };
    let error = registry::attach(&registry, "app", &digest, &attachment(b"signed")).await.unwrap_err();
    let said = hint::ErrorReport::of(&error).to_string();
    let tag = format!("sha256-{}", digest.hex());
    assert!(
        said.contains("no API for referrers") && said.contains(&tag) && said.contains("\nhint: except tags"),
        "{said}"
    );

    fake.list_referrers();
    registry::attach(&registry, "app", &digest, &attachment(b"signed")).await.unwrap();
}

#[tokio::test]
async fn referrers_under_a_tag_are_added_to_those_that_are_there() {
    let fake = Fake::start().await;
    // That a registry does not say what it lists is no reason not to list it.
    fake.fault(Fault::says(Step::Referrers, 405, "UNSUPPORTED", "no").always());
    let (_fixture, digest, warnings) = attach(&fake).await;
    assert_eq!(warnings, [""; 0]);
    let endpoint = Endpoint::parse(&fake.address).unwrap();
    let registry = Registry::new(endpoint, Arc::new(NoLogin), Trust::default(), Settings::default(), Events::none());
    let media_type = "application/vnd.example.signature".to_owned();
    let signature = Attachment { media_type, bytes: b"signed".to_vec(), annotations: [].into() };
    for _ in 0..2 {
        registry::attach(&registry, "app", &digest, &signature).await.unwrap();
    }
    let after = fake.manifest_of("app", &format!("sha256-{}", digest.hex()));
    let listed = after["manifests"].as_array().unwrap();
    let types: Vec<_> = listed.iter().map(|listed| listed["artifactType"].as_str().unwrap()).collect();
    assert_eq!(types, [sbom::MEDIA_TYPE, "application/vnd.example.signature"]);
}

//! Images of others by reference: pulled once, by digest, and pushed into repositories of the project's own.

use std::{fs, process::Command};

use oci::{Descriptor, Digest, Layout, media_type};
use serde_json::{Value, json};

use super::fake::Fake;
use crate::image::fixture::{Fixture, Said, said};

fn driftless(fixture: &Fixture, words: &str) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    command.env("DOCKER_CONFIG", fixture.path("docker")).env("XDG_CONFIG_HOME", fixture.path("config"));
    command.env("XDG_CACHE_HOME", fixture.path("cache"));
    command.env_remove("REGISTRY_AUTH_FILE").env_remove("XDG_RUNTIME_DIR");
    said(command.current_dir(fixture.dir()).args(words.split_whitespace()))
}

/// Puts an index in front of the image in the layout `out`, as images for several platforms have it. Gives its digest.
fn index(fixture: &Fixture) -> Digest {
    let out = fixture.path("out");
    let image = Layout::open(&out).unwrap();
    let mut child = image.descriptor().clone();
    child.annotations.clear();
    let other = json!({ "mediaType": media_type::MANIFEST, "digest": child.digest, "size": child.size,
        "platform": { "os": "linux", "architecture": "arm64" } });
    let index = json!({ "schemaVersion": 2, "mediaType": media_type::INDEX, "manifests": [child, other] }).to_string();
    let digest = Digest::of(index.as_bytes());
    fs::write(oci::blob_path(&out, &digest), &index).unwrap();
    oci::write_index(&out, Descriptor::new(media_type::INDEX, digest, index.len() as u64), None).unwrap();
    digest
}

/// A bundle as Nix makes it, which asks nobody: the image is a reference and no more.
fn bundle(fixture: &Fixture, reference: &str, user: &Value) {
    let service = json!({
        "package": "web", "image": { "reference": reference }, "user": user, "port": 80, "rules": [],
        "health": {
            "path": "/", "interval_seconds": 30, "timeout_seconds": 5, "healthy_threshold": 2, "unhealthy_threshold": 2
        },
        "cpu": 256, "memory": 512, "tasks": 1, "stop_timeout_seconds": 30, "drain_seconds": 30
    });
    let stack = json!({ "schema": 2, "project": "gallery", "services": { "web": service } });
    fs::create_dir_all(fixture.path("bundle")).unwrap();
    let release = json!({ "schema": 1, "stack": stack, "images": {} });
    fs::write(fixture.path("bundle/release.json"), release.to_string()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_by_reference_is_pulled_once_and_pushed_with_its_digest() {
    let fixture = Fixture::tiny();
    fixture.build("out", "");
    let image = Layout::open(&fixture.path("out")).unwrap().digest();
    let digest = index(&fixture);
    let (theirs, ours) = (Fake::start().await, Fake::start().await);
    let pushed = driftless(&fixture, &format!("image push out {}/tools/app:1", theirs.address));
    assert_eq!(pushed.code, 0, "{pushed:?}");

    let reference = format!("{}/tools/app@{digest}", theirs.address);
    bundle(&fixture, &reference, &json!("65532:65532"));
    let push = format!("push --bundle bundle --registry {}/mine", ours.address);
    let first = driftless(&fixture, &push);
    assert_eq!(first.code, 0, "{first:?}");
    assert!(first.err.contains(&format!("pulling the image of `web`, `{reference}`")), "{first:?}");
    assert_eq!(ours.tag("mine/web", &registry::tag_of(&image)), Some(image));

    // The cache has it, by the digest of the reference.
    let cached = fixture.path(&format!("cache/driftless/images/{}-linux-amd64", digest.hex()));
    assert_eq!(Layout::open(&cached).unwrap().digest(), image);
    let again = driftless(&fixture, &push);
    assert!(again.code == 0 && !again.err.contains("pulling"), "{again:?}");

    // Another digest is another image, which is not there.
    let other = Digest::of(b"another");
    bundle(&fixture, &format!("{}/tools/app@{other}", theirs.address), &json!("65532:65532"));
    let missing = driftless(&fixture, &push);
    assert!(missing.code == 1 && missing.err.contains("pulling the image of `web`"), "{missing:?}");
    assert!(!fixture.path(&format!("cache/driftless/images/{}-linux-amd64", other.hex())).exists());
}

#[test]
fn a_bundle_says_whose_image_would_start_as_root() {
    let fixture = Fixture::tiny();
    let digest = Digest::of(b"theirs");
    bundle(&fixture, &format!("127.0.0.1:9/tools/app@{digest}"), &Value::Null);
    fixture.build("out", "");
    let cached = fixture.path(&format!("cache/driftless/images/{}-linux-amd64", digest.hex()));
    fs::create_dir_all(cached.parent().unwrap()).unwrap();
    // The same image, of root.
    let layout = Layout::open(&fixture.path("out")).unwrap();
    let config = fs::read_to_string(layout.blob_path(&layout.manifest().config.digest)).unwrap();
    let put = |kind: &str, text: &str| {
        let digest = Digest::of(text.as_bytes());
        fs::write(oci::blob_path(&fixture.path("out"), &digest), text).unwrap();
        Descriptor::new(kind, digest, text.len() as u64)
    };
    let config = put(media_type::CONFIG, &config.replace("65532:65532", "0:0"));
    let mut manifest: Value = serde_json::from_slice(layout.manifest_bytes()).unwrap();
    manifest["config"] = serde_json::to_value(config).unwrap();
    let manifest = put(media_type::MANIFEST, &manifest.to_string());
    oci::write_index(&fixture.path("out"), manifest, None).unwrap();
    fs::rename(fixture.path("out"), &cached).unwrap();
    let said = driftless(&fixture, "push --bundle bundle --registry 127.0.0.1:9/mine");
    assert_eq!(said.code, 1);
    assert!(
        said.err.contains("the image of `web` starts as root") && said.err.contains("hint: say another"),
        "{said:?}"
    );
}

//! The commands, against the registry that Debian packages.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{docker_registry::DockerRegistry, relay::Relay};
use crate::image::fixture::{Fixture, Said, run, said};

pub(super) fn driftless(fixture: &Fixture, words: &str) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    // Nobody's credentials but the test's.
    command.env("DOCKER_CONFIG", fixture.path("docker")).env("XDG_CONFIG_HOME", fixture.path("config"));
    command.env_remove("REGISTRY_AUTH_FILE").env_remove("XDG_RUNTIME_DIR");
    said(command.current_dir(fixture.dir()).args(words.split_whitespace()))
}

/// The lines of JSON, which must be all that was said.
pub(super) fn events(said: &Said) -> Vec<Value> {
    assert_eq!((said.code, &*said.err), (0, ""));
    let events: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for event in &events {
        assert_eq!(event["schema"], 1);
        assert!(event["ts"].is_string() && event["type"].is_string(), "{event}");
    }
    events
}

fn outcomes(events: &[Value]) -> Vec<&str> {
    events.iter().filter(|event| event["type"] == "blob").map(|event| event["outcome"].as_str().unwrap()).collect()
}

fn same_files(left: &Path, right: &Path) {
    run(Command::new("diff").arg("-r").arg(left).arg(right).stdin(Stdio::null()));
}

#[test]
fn an_image_is_pushed_once_and_comes_back_byte_for_byte() {
    if testing::found(&["docker-registry"]).is_none() {
        return;
    }
    let fixture = Fixture::real();
    let registry = DockerRegistry::start(fixture.dir());
    let relay = Relay::to(&registry.address);
    let image = fixture.build("out", "");
    let reference = format!("{}/items/backend:1", relay.address);

    let first = events(&driftless(&fixture, &format!("image push out {reference} --json")));
    assert_eq!(outcomes(&first), ["uploaded"; 3]);
    let summary = first.last().unwrap();
    assert_eq!((&summary["type"], &summary["images"][0]["digest"]), (&json!("summary"), &image["digest"]));
    relay.sent();

    let second = events(&driftless(&fixture, &format!("image push out {reference} --json")));
    let summary = second.last().unwrap();
    assert_eq!((&summary["requests"], &summary["sent_bytes"]), (&json!(1), &json!(0)));
    let sent = relay.sent();
    assert!((1..300).contains(&sent), "a repeated push sent {sent} bytes, headers included");

    let pulled = driftless(&fixture, &format!("image pull {reference} back"));
    assert_eq!((pulled.code, pulled.out.trim_end()), (0, image["digest"].as_str().unwrap()));
    same_files(&fixture.path("out"), &fixture.path("back"));
}

#[test]
fn another_tag_of_the_same_image_moves_nothing_but_the_tag() {
    if testing::found(&["docker-registry"]).is_none() {
        return;
    }
    let fixture = Fixture::tiny();
    let registry = DockerRegistry::start(fixture.dir());
    fixture.build("out", "");
    let push =
        |tag: &str| events(&driftless(&fixture, &format!("image push out {}/app{tag} --json", registry.address)));
    push(":1");
    let retagged = push(":2");
    assert_eq!(outcomes(&retagged), ["present"; 3]);
    // And without a tag, by digest alone.
    assert_eq!(push("").last().unwrap()["requests"], 1);

    // A tag that names another image moves to this one.
    fixture.build("other", "--compression gzip");
    events(&driftless(&fixture, &format!("image push other {}/app:2 --json", registry.address)));
    let moved = push(":2");
    assert_eq!(moved.last().unwrap()["images"][0]["up_to_date"], false);
    assert_eq!(push(":2").last().unwrap()["images"][0]["up_to_date"], true);
}

/// A bundle of two services whose programs differ; certificates and users are one layer.
pub(super) fn bundle(fixture: &Fixture) {
    fixture.build("api", "");
    let mut program = fs::read(fixture.path("app")).unwrap();
    program.extend(b"more");
    fs::write(fixture.path("app"), program).unwrap();
    fixture.build("web", "");
    let health = json!({
        "path": "/", "interval_seconds": 30, "timeout_seconds": 5, "healthy_threshold": 2, "unhealthy_threshold": 2
    });
    let service = json!({
        "package": "app", "port": 8000, "rules": [], "health": health, "cpu": 256, "memory": 512, "tasks": 1,
        "stop_timeout_seconds": 30, "drain_seconds": 30
    });
    let stack = json!({ "schema": 2, "project": "items", "services": { "api": service, "web": service } });
    fs::write(fixture.path("stack.json"), stack.to_string()).unwrap();
    let said = driftless(fixture, "bundle --out bundle --stack stack.json --image api=api --image web=web");
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn the_images_of_a_project_share_their_base_layer() {
    if testing::found(&["docker-registry"]).is_none() {
        return;
    }
    let fixture = Fixture::tiny();
    let registry = DockerRegistry::start(fixture.dir());
    bundle(&fixture);
    let push = format!("push --registry {}/items --bundle bundle", registry.address);
    let first = events(&driftless(&fixture, &format!("{push} --json")));
    let mut first = outcomes(&first);
    first.sort_unstable();
    assert_eq!(first, ["mounted", "uploaded", "uploaded", "uploaded", "uploaded", "uploaded"]);

    let again = driftless(&fixture, &push);
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(again.err.starts_with("pushed 0 of 2 images, 2 up to date; 2 requests, 0 B sent"), "{}", again.err);
    let references: Vec<_> = again.out.lines().collect();
    let digest = |service: &str| fixture.image(&format!("inspect {service} --json")).out;
    for (reference, service) in references.iter().zip(["api", "web"]) {
        let digest = serde_json::from_str::<Value>(&digest(service)).unwrap()["digest"].as_str().unwrap().to_owned();
        let tag = &digest["sha256:".len()..][..16];
        assert_eq!(*reference, format!("{}/items/{service}:{tag}@{digest}", registry.address));
    }

    let one = driftless(&fixture, &format!("{push} --tag v1 web"));
    assert_eq!((one.code, one.out.lines().count()), (0, 1), "{}", one.err);
    let unknown = driftless(&fixture, &format!("{push} db"));
    assert_eq!(unknown.code, 1);
    assert!(unknown.err.contains("service `db` has no image\nhint: there are `api`, `web`"), "{}", unknown.err);
}

#[test]
fn images_in_a_registry_are_compared_with_each_other_and_with_layouts() {
    if testing::found(&["docker-registry"]).is_none() {
        return;
    }
    let fixture = Fixture::tiny();
    let registry = DockerRegistry::start(fixture.dir());
    bundle(&fixture);
    let (api, web) = (format!("{}/api:1", registry.address), format!("{}/web:1", registry.address));
    for (layout, reference) in [("api", &api), ("web", &web)] {
        events(&driftless(&fixture, &format!("image push {layout} {reference} --json")));
    }
    let compare = |words: &str| {
        let said = driftless(&fixture, &format!("image diff {words} --json"));
        (said.code, serde_json::from_str::<Value>(&said.out).unwrap_or_else(|_| panic!("{said:?}")))
    };

    let (code, same) = compare(&format!("api {api}"));
    assert_eq!((code, &same["same"], &same["files"]), (0, &json!(true), &json!([])));

    let (code, other) = compare(&format!("{api} {web}"));
    assert_eq!((code, &other["same"], &other["to"]["image"]), (6, &json!(false), &json!(web)));
    let [file] = &other["files"].as_array().unwrap()[..] else { panic!("{other}") };
    let size = |side: &str| file[side]["size"].as_u64().unwrap();
    assert_eq!((&file["path"], size("to") - size("from")), (&json!("bin/app"), 4));

    // A layer of both is not asked for: the registry has lost it, and nobody notices.
    let shared = other["layers"].as_array().unwrap().iter().find(|layer| layer["from"] == layer["to"]).unwrap();
    let hex = shared["to"]["digest"].as_str().unwrap().trim_start_matches("sha256:");
    let blob = fixture.path(&format!("registry/docker/registry/v2/blobs/sha256/{}/{hex}/data", &hex[..2]));
    fs::remove_file(blob).unwrap();
    assert_eq!(compare(&format!("{api} {web}")), (6, other));
    assert_eq!(compare(&format!("api {web}")).1["files"][0]["path"], "bin/app");

    let missing = driftless(&fixture, &format!("image diff api {}/api:2", registry.address));
    assert_eq!((missing.code, &*missing.out), (1, ""));
    assert!(missing.err.contains("hint:"), "{}", missing.err);
}

#[test]
fn a_user_is_not_named_to_two_registries() {
    let words = "image diff 127.0.0.1:1/app:1 127.0.0.1:2/app:1 --username me --password-stdin";
    let fixture = Fixture::tiny();
    let said = driftless(&fixture, words);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("`--username` is for one registry"), "{}", said.err);
}

#[test]
fn an_image_for_two_platforms_is_an_index_with_its_children() {
    if testing::found(&["docker-registry"]).is_none() {
        return;
    }
    let fixture = Fixture::tiny();
    let registry = DockerRegistry::start(fixture.dir());
    two_platforms(&fixture);
    let reference = format!("{}/app:both", registry.address);
    let pushed = events(&driftless(&fixture, &format!("image push both {reference} --json")));
    assert_eq!(pushed.iter().filter(|event| event["type"] == "manifest").count(), 3);
    assert_eq!(
        events(&driftless(&fixture, &format!("image push both {reference} --json"))).last().unwrap()["requests"],
        1
    );

    assert_eq!(driftless(&fixture, &format!("image pull {reference} back")).code, 0);
    same_files(&fixture.path("both/blobs"), &fixture.path("back/blobs"));
    let one = driftless(&fixture, &format!("image pull {reference} arm --platform linux/arm64"));
    assert_eq!(one.code, 0, "{}", one.err);
    same_files(&fixture.path("arm"), &fixture.path("arm64"));
    let none = driftless(&fixture, &format!("image pull {reference} none --platform linux/s390x"));
    assert!(
        none.err.contains(
            "the image is not available for `linux/s390x`\nhint: it is available for `linux/amd64`, `linux/arm64`"
        ),
        "{}",
        none.err
    );
}

/// The layout `both`: an index of an image for x86-64 and one for arm64.
fn two_platforms(fixture: &Fixture) {
    let mut manifests = Vec::new();
    fs::create_dir_all(fixture.path("both/blobs/sha256")).unwrap();
    for (name, machine) in [("amd64", 62_u8), ("arm64", 183)] {
        let mut program = fs::read(fixture.path("app")).unwrap();
        program[18] = machine;
        fs::write(fixture.path("app"), program).unwrap();
        fixture.build(name, "");
        let index: Value = serde_json::from_slice(&fs::read(fixture.path(name).join("index.json")).unwrap()).unwrap();
        let mut manifest = index["manifests"][0].clone();
        manifest.as_object_mut().unwrap().remove("annotations");
        manifests.push(manifest);
        for blob in fs::read_dir(fixture.path(name).join("blobs/sha256")).unwrap() {
            let blob = blob.unwrap();
            fs::copy(blob.path(), fixture.path("both/blobs/sha256").join(blob.file_name())).unwrap();
        }
    }
    let media_type = "application/vnd.oci.image.index.v1+json";
    let index = json!({ "schemaVersion": 2, "mediaType": media_type, "manifests": manifests }).to_string();
    let digest = oci::Digest::of(index.as_bytes());
    fs::write(fixture.path("both/blobs/sha256").join(digest.hex()), &index).unwrap();
    let descriptor = oci::Descriptor::new(media_type, digest, index.len() as u64);
    oci::write_index(&fixture.path("both"), descriptor, None).unwrap();
}

#[test]
fn what_cannot_be_pushed_or_pulled_is_said_with_what_to_do() {
    if testing::found(&["docker-registry"]).is_none() {
        return;
    }
    let fixture = Fixture::tiny();
    let registry = DockerRegistry::start(fixture.dir());
    fixture.build("out", "");
    fs::create_dir(fixture.path("occupied")).unwrap();
    fs::write(fixture.path("occupied/thesis.tex"), "").unwrap();
    let words = [
        format!("image push missing {}/app:1", registry.address),
        format!("image push occupied {}/app:1", registry.address),
        "image push out backend:1".to_owned(),
        format!("image push out {}/app:1 --username me", registry.address),
        format!("image pull {}/app:1 back", registry.address),
        format!("image pull {}/app:1 occupied", registry.address),
    ];
    let text: Vec<_> = words
        .iter()
        .map(|words| {
            let said = driftless(&fixture, words);
            format!("$ driftless {words}\n{}{}[exit code {}]\n", said.out, said.err, said.code)
        })
        .collect();
    insta::assert_snapshot!(text.join("\n").replace(&registry.address, "127.0.0.1:5000"));
}

#[test]
fn what_has_no_end_is_read_in_no_place() {
    let fixture = Fixture::tiny();
    bundle(&fixture);
    let index = fixture.path("api/index.json");
    fs::remove_file(&index).unwrap();
    run(Command::new("mkfifo").arg(&index).stdin(Stdio::null()));
    let pushed = driftless(&fixture, "image push api 127.0.0.1:1/app:1");
    assert_eq!(pushed.code, 1);
    assert!(pushed.err.contains("index.json` is not a regular file"), "{}", pushed.err);

    let release = fixture.path("bundle/release.json");
    fs::remove_file(&release).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &release).unwrap();
    let up = driftless(&fixture, "up --bundle bundle --data data --detach");
    assert_eq!(up.code, 1);
    assert!(up.err.contains("release.json` is not a regular file"), "{}", up.err);
}

#[test]
fn a_damaged_layer_is_never_published() {
    if testing::found(&["docker-registry"]).is_none() {
        return;
    }
    let fixture = Fixture::tiny();
    let registry = DockerRegistry::start(fixture.dir());
    fixture.build("out", "");
    for blob in fs::read_dir(fixture.path("out/blobs/sha256")).unwrap() {
        let path = blob.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        if bytes[0] != b'{' {
            *bytes.last_mut().unwrap() ^= 1;
            fs::write(&path, bytes).unwrap();
        }
    }
    let said = driftless(&fixture, &format!("image push out {}/app:1", registry.address));
    assert_eq!(said.code, 1);
    assert!(said.err.contains("of the layout has the digest `sha256:") && said.err.contains("hint:"), "{}", said.err);
    assert_eq!(driftless(&fixture, &format!("image pull {}/app:1 back", registry.address)).code, 1);
}

//! What is sent of a closure when little of it has changed.

use std::fs;

use serde_json::{Value, json};

use super::{
    cli::{driftless, events},
    fake::Fake,
};
use crate::image::fixture::Fixture;

/// Bytes of each path.
const SIZE: usize = 200_000;

/// Builds the image `out` of a program, `page` beside it, and ten paths that it needs.
fn build(fixture: &Fixture, page: &str, out: &str) {
    let at = |name: &str| fixture.path("store").join(name);
    let mut closure = Vec::new();
    for number in 0..10_u64 {
        let path = at(&format!("library-{number}"));
        fs::create_dir_all(&path).unwrap();
        let mut state = number + 1;
        let content: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56).to_le_bytes()[0]
        })
        .take(SIZE)
        .collect();
        fs::write(path.join("data"), content).unwrap();
        let references: Vec<_> = (0..number).map(|other| at(&format!("library-{other}"))).collect();
        closure.push(json!({ "path": path, "references": references, "narSize": SIZE }));
    }
    // Another content is another path.
    let web = at(&format!("web-{page}"));
    fs::create_dir_all(web.join("bin")).unwrap();
    fs::write(web.join("bin/web"), "#!/bin/sh\n").unwrap();
    fs::write(web.join("page"), page).unwrap();
    let references: Vec<_> = (0..10).map(|other| at(&format!("library-{other}"))).collect();
    closure.push(json!({ "path": web, "references": references, "narSize": 100 }));
    fs::write(fixture.path("closure.json"), Value::from(closure).to_string()).unwrap();
    let config = json!({ "user": "65532:65532", "entrypoint": ["web"], "workingDir": "/" });
    fs::write(fixture.path("config.json"), config.to_string()).unwrap();
    let words = format!(
        "image closure {} --closure closure.json --config config.json --ca-bundle ca.crt --platform linux/amd64 --out {out}",
        web.display()
    );
    let said = driftless(fixture, &words);
    assert_eq!(said.code, 0, "{said:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_changed_file_sends_two_small_layers_and_nothing_else() {
    let fixture = Fixture::tiny();
    let fake = Fake::start().await;
    let mut sent = Vec::new();
    for page in ["one", "two"] {
        build(&fixture, page, page);
        let pushed = events(&driftless(&fixture, &format!("image push {page} {}/web:{page} --json", fake.address)));
        let uploaded = pushed.iter().filter(|event| event["type"] == "blob" && event["outcome"] == "uploaded").count();
        sent.push((uploaded, pushed.last().unwrap()["sent_bytes"].as_u64().unwrap()));
    }
    println!("layers and bytes sent: {sent:?}");
    let [(all, first), (some, second)] = sent[..] else { panic!("{sent:?}") };
    // Base, ten libraries, the program, the links to it; and the config.
    assert_eq!((all, some), (14, 3));
    assert!(first > 10 * SIZE as u64 && second < 16_000, "{sent:?}");
}

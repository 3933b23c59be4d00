//! The whole product on this workspace's own services: from sources to a page.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

use super::browser;
use crate::{built, up::stack::get};

fn driftless(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    command.args(arguments).arg("--data").arg(data).current_dir(built::workspace());
    command.output().unwrap()
}

fn succeeds(data: &Path, arguments: &[&str]) -> (String, String) {
    let output = driftless(data, arguments);
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{arguments:?}: {out}{err}");
    (out, err)
}

/// Stops the stack also when a test fails.
struct Stack<'a>(&'a Path);

impl Drop for Stack<'_> {
    fn drop(&mut self) {
        driftless(self.0, &["down"]);
    }
}

#[tokio::test]
async fn product_runs_from_source_and_keeps_its_data() {
    let data = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let up = ["up", "--detach", "--port", &port];
    let stack = Stack(data.path());
    let (out, _) = succeeds(data.path(), &up);
    let url = out.trim();
    assert_eq!(url, format!("http://localhost:{port}"));

    browser::through_the_load_balancer(url).await;

    let before: Value = serde_json::from_str(&succeeds(data.path(), &["status", "--json"]).0).unwrap();
    let (_, said) = succeeds(data.path(), &up);
    assert!(said.contains("unchanged"), "{said}");
    let after: Value = serde_json::from_str(&succeeds(data.path(), &["status", "--json"]).0).unwrap();
    assert_eq!(before["services"], after["services"]);

    succeeds(data.path(), &["down"]);
    succeeds(data.path(), &up);
    let (_, items) = get(&format!("127.0.0.1:{port}"), "/api/items");
    let items: Vec<Value> = serde_json::from_str(&items).unwrap();
    assert_eq!(items[0]["name"], "Kettle");
    let (logs, _) = succeeds(data.path(), &["logs", "frontend"]);
    assert!(logs.contains("listening"), "{logs}");
    drop(stack);
}

#[test]
fn product_bundle_holds_small_images_and_says_so() {
    let bundle = built::bundle();
    let read = |name: &str| fs::read_to_string(bundle.join(name)).unwrap();
    let mut release: Value = serde_json::from_str(&read("release.json")).unwrap();
    let rendered = |name: &str| fs::read_to_string(built::workspace().join("nix/rendered").join(name)).unwrap();
    for stack in [read("stack.json"), rendered("stack.json")] {
        assert_eq!(release["stack"], serde_json::from_str::<Value>(&stack).unwrap());
    }
    for root in ["foundation", "dev", "prod"] {
        let config = format!("{root}/config.tf.json");
        assert_eq!(read(&format!("terraform/{config}")), rendered(&config));
    }
    release["stack"] = "STACK".into();
    for (service, limit) in [("backend", 6_000_000), ("frontend", 5_000_000)] {
        let image = &mut release["images"][service];
        assert!(image["size"].as_u64().unwrap() < limit, "{service}: {image}");
        let verified = Command::new(env!("CARGO_BIN_EXE_driftless"))
            .args(["image", "verify", "--json"])
            .arg(bundle.join("images").join(service))
            .output()
            .unwrap();
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
        // These follow the compiler; all else is a contract with whoever reads the document.
        image["digest"] = "DIGEST".into();
        image["size"] = 0.into();
        image["platform"] = "PLATFORM".into();
    }
    insta::assert_json_snapshot!(release);
}

#[test]
fn product_images_share_their_base_layer() {
    let bundle = built::bundle();
    let base = |service: &str| {
        let layout = oci::Layout::open(&bundle.join("images").join(service)).unwrap();
        layout.manifest().layers[0].digest
    };
    assert_eq!(base("backend"), base("frontend"));
}

//! Whether an image will live on Fargate: each fault is named, and nothing else.

use std::{path::Path, process::Command};

use serde_json::Value;

use super::foreign;
use crate::image::fixture::said;

/// What `conform` finds of the Python image with a fault, in words; and how it ends.
fn examined(images: &Path, name: &str, more: &[&str]) -> (i32, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    command.arg("conform").arg(images.join(name)).arg("--json").args(more);
    let said = said(&mut command);
    println!("{name} {more:?}: {}{}", said.err, said.out);
    (said.code, serde_json::from_str(&said.out).unwrap())
}

/// The questions whose answer is not simply yes, with it.
fn troubles(report: &Value) -> Vec<(&str, &str)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let all = findings.map(|one| (one["question"].as_str().unwrap(), one["answer"].as_str().unwrap()));
    // These images have no certificates.
    all.filter(|(question, answer)| *answer != "yes" && *question != "knows certificate authorities").collect()
}

#[test]
fn each_fault_of_an_image_is_named_and_no_other() {
    if testing::found(&["umoci", "busybox", "python3"]).is_none() {
        return;
    }
    let made = tempfile::tempdir().unwrap();
    foreign::build(made.path(), &["python"]);
    let images = made.path().join("images");
    let (no, help) = ("no", "with_help");
    for (fault, code, expected) in [
        ("none", 0, vec![]),
        ("local", 1, vec![("listens at its address", no)]),
        ("crash", 1, vec![("starts with a read-only root", no)]),
        ("silent", 1, vec![("listens at its address", no)]),
        ("unhealthy", 1, vec![("answers a health check", no)]),
        ("deaf", 1, vec![("ends on SIGTERM, in time and in order", no)]),
        ("hasty", 1, vec![("ends on SIGTERM, in time and in order", no)]),
        ("stubborn", 0, vec![("listens where PORT says", help)]),
        ("writes", 0, vec![("starts with a read-only root", help)]),
    ] {
        // A busy machine takes its time to start Python; where nothing comes, there is nothing to wait for.
        let patience = if fault == "silent" { "3" } else { "60" };
        let stop = if fault == "deaf" { "1" } else { "30" };
        let more = ["--patience", patience, "--stop-timeout", stop, "--", fault];
        let (ended, report) = examined(&images, "python", &more);
        assert_eq!((ended, troubles(&report)), (code, expected), "{fault}");
        assert_eq!(
            report["port"],
            if ["local", "crash", "silent"].contains(&fault) {
                Value::Null
            } else if fault == "stubborn" {
                9000.into()
            } else {
                8080.into()
            }
        );
        if fault == "writes" {
            assert_eq!(report["writable"], serde_json::json!(["/var/cache/web"]));
        }
    }
    let (ended, report) = examined(&images, "python", &["--user", "1:1", "--", "greedy"]);
    assert_eq!(ended, 0);
    assert_eq!(report["size"], serde_json::json!([256, 1024]), "600 MiB, and a quarter");
}

#[test]
fn a_program_that_raises_sigterm_again_would_not_die_of_it() {
    if testing::found(&["umoci", "busybox", "python3", "node"]).is_none() {
        return;
    }
    let made = tempfile::tempdir().unwrap();
    foreign::build(made.path(), &["node"]);
    let images = made.path().join("images");
    let (ended, report) = examined(&images, "node", &["--env", "HOST=0.0.0.0"]);
    // It raises SIGTERM again, of which a first process does not die; and logs nothing.
    let expected = [("ends on SIGTERM, in time and in order", "no"), ("logs to its output", "with_help")];
    assert_eq!((ended, troubles(&report)), (1, expected.to_vec()));
}

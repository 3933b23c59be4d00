//! A build without the features: what it has not, it says, with what would have it.

use std::process::{Command, Output};

fn run(words: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_driftless")).args(words.split(' ')).output().unwrap()
}

#[test]
fn a_command_for_aws_names_the_build_that_has_it() {
    for words in ["deploy -e dev", "rollback --help", "status -e dev", "logs -e dev"] {
        let output = run(words);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{words}: {told}");
        assert!(told.contains("\nhint: ") && told.contains("--features aws"), "{words}: {told}");
    }
}

#[test]
#[cfg(not(feature = "registry"))]
fn a_command_for_registries_names_the_build_that_has_it() {
    let pushes = ["push", "push --registry localhost:5000/items backend", "push --help"];
    let images = ["image push out localhost/out", "image pull localhost/out out", "image diff a b", "image sbom out"];
    for words in pushes.iter().chain(&images) {
        let output = run(words);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{words}: {told}");
        assert!(told.contains("\nhint: ") && told.contains("--features registry"), "{words}: {told}");
    }
    for (words, named) in [("-h", "For registries"), ("image --help", "diff, pull, push, sbom")] {
        assert!(String::from_utf8_lossy(&run(words).stdout).contains(named), "{words}");
    }
}

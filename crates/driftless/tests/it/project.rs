//! Every command that needs a project finds it: `--project`, `DRIFTLESS_PROJECT`, the current directory.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::built::workspace;

const OUTSIDE: &str = "is not in a project";

/// Commands of a default build.
const LOCAL: [&str; 7] = ["up --detach", "down", "status", "logs", "open", "bundle --out out", "cost -e dev"];

#[cfg(feature = "registry")]
const REGISTRY: [&str; 1] = ["push --registry 127.0.0.1:1"];
#[cfg(not(feature = "registry"))]
const REGISTRY: [&str; 0] = [];

#[cfg(feature = "aws")]
const AWS: [&str; 19] = [
    "status -e dev",
    "logs -e dev",
    "doctor -e dev",
    "plan -e dev",
    "deploy -e dev --yes",
    "watch -e dev",
    "abort -e dev",
    "releases -e dev",
    "rollback -e dev --yes",
    "promote dev prod --yes",
    "diff 1 2 -e dev",
    "drift -e dev",
    "verify -e dev",
    "scale backend=1 -e dev --yes",
    "pause -e dev --yes",
    "resume -e dev --yes",
    "run -e dev backend",
    "secrets list -e dev",
    "destroy -e dev --confirm dev",
];

#[cfg(not(feature = "aws"))]
const AWS: [&str; 0] = [];

/// A project that nothing can be built of.
fn project() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let rendered = directory.path().join("nix/rendered");
    for root in ["dev", "prod", "foundation"] {
        fs::create_dir_all(rendered.join(root)).unwrap();
        let file = format!("{root}/config.tf.json");
        fs::copy(workspace().join("nix/rendered").join(&file), rendered.join(&file)).unwrap();
    }
    fs::copy(workspace().join("nix/rendered/stack.json"), rendered.join("stack.json")).unwrap();
    directory
}

/// Runs `words` in an empty directory, where no call to AWS gets an answer.
fn run(words: &[&str], project: Option<&Path>) -> Output {
    let here = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftless"));
    command.args(words).current_dir(here.path()).stdin(Stdio::null());
    command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1").env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("AWS_ACCESS_KEY_ID", "nobody").env("AWS_SECRET_ACCESS_KEY", "nothing").env("AWS_MAX_ATTEMPTS", "1");
    command.env_remove("DRIFTLESS_DATA").env_remove("DRIFTLESS_BUNDLE");
    match project {
        Some(project) => command.env("DRIFTLESS_PROJECT", project),
        None => command.env_remove("DRIFTLESS_PROJECT"),
    };
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_command_looks_for_the_project_in_the_same_way() {
    let project = project();
    let inside = project.path().join("nix");
    for words in LOCAL.iter().chain(&REGISTRY).chain(&AWS) {
        let words: Vec<_> = words.split(' ').collect();
        let outside = said(&run(&words, None));
        assert!(outside.contains(OUTSIDE), "{words:?}: {outside}");
        assert!(outside.ends_with("or name it with `--project DIR`\n"), "{words:?}: {outside}");

        let by_variable = run(&words, Some(project.path()));
        assert_ne!(by_variable.status.code(), Some(2), "{words:?}: {}", said(&by_variable));
        assert!(!said(&by_variable).contains(OUTSIDE), "{words:?}: {}", said(&by_variable));

        let option = ["--project", inside.to_str().unwrap()];
        let by_option = run(&[&words[..], &option].concat(), Some(Path::new("/nowhere")));
        assert_ne!(by_option.status.code(), Some(2), "{words:?}: {}", said(&by_option));
        assert!(!said(&by_option).contains(OUTSIDE), "{words:?}: {}", said(&by_option));
    }
}

#[test]
fn an_empty_variable_is_no_choice() {
    let output = run(&["status"], Some(Path::new("")));
    assert!(said(&output).contains(OUTSIDE), "{}", said(&output));
}

//! The environment variables that Driftless reads: one table for `driftless --help` and docs/environment.md.

use std::fmt::Write;

/// The engine's data directory, see [`super::data`].
pub(super) const DATA: &str = "DRIFTLESS_DATA";
/// The directory of the project, see [`super::Cli`].
pub(super) const PROJECT: &str = "DRIFTLESS_PROJECT";

/// A variable, the option that wins over it, and what it is for.
type Variable = (&'static str, Option<&'static str>, &'static str);

/// Driftless's own variables, by name.
const OWN: [Variable; 10] = [
    ("DRIFTLESS_BUNDLE", Some("--bundle"), "the bundle to use, instead of building one"),
    (
        DATA,
        Some("--data"),
        "directory for the local engine's images, logs and data, instead of the project's `.driftless`",
    ),
    ("DRIFTLESS_ENV", Some("--env"), "the environment on AWS that a command works on"),
    ("DRIFTLESS_LOG", Some("--log"), "what is logged to standard error"),
    (PROJECT, Some("--project"), "the directory of the project, instead of the current directory"),
    ("DRIFTLESS_REGISTRY", Some("--registry"), "where `driftless push` sends images, instead of the project's ECR"),
    ("DRIFTLESS_REHEARSAL", Some("--account"), "the directory with the sources of the simulated account"),
    ("DRIFTLESS_STATE", None, "directory for Terraform's work directories [default: ~/.local/state/driftless]"),
    ("DRIFTLESS_STATE_BUCKET", Some("--state-bucket"), "the S3 bucket for state and releases"),
    ("DRIFTLESS_TERRAFORM", Some("--terraform"), "the Terraform or OpenTofu program"),
];

/// Variables of other programs that Driftless reads itself. Programs that it starts read their own.
const OTHERS: [Variable; 11] = [
    (
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN, ACTIONS_ID_TOKEN_REQUEST_URL, SIGSTORE_ID_TOKEN",
        Some("--identity-token"),
        "who signs without a key: the job of GitHub, or whom an identity token is for",
    ),
    ("AWS_*", None, "credentials, region and profile, as the AWS SDK reads them"),
    ("CARGO, CARGO_HOME", None, "the `cargo` program, and its directory, whose path is kept out of images"),
    ("DISPLAY, WAYLAND_DISPLAY", None, "whether `driftless open` can open a browser"),
    (
        "DOCKER_CONFIG, REGISTRY_AUTH_FILE, XDG_CONFIG_HOME, XDG_RUNTIME_DIR",
        None,
        "where credentials of registries are",
    ),
    ("GITHUB_*", None, "the workflow that signs an image, for its provenance"),
    ("HTTPS_PROXY, HTTP_PROXY, NO_PROXY", None, "the proxy for AWS and registries"),
    ("NO_COLOR, TERM", None, "whether output has colours and progress bars"),
    (
        "TF_CLI_CONFIG_FILE, TERRAFORM_CONFIG, NIX_TERRAFORM_PLUGIN_DIR",
        None,
        "Terraform's configuration, for its provider mirrors",
    ),
    ("XDG_CACHE_HOME", None, "the user's cache, for images that are pulled from registries of others"),
    ("XDG_STATE_HOME", None, "the user's state directory, for `DRIFTLESS_STATE`"),
];

/// The section of `driftless --help`.
pub(super) fn help() -> String {
    let width = OWN.iter().map(|(name, ..)| name.len()).max().unwrap_or_default();
    let lines = OWN.iter().map(|(name, _, meaning)| format!("\n  {name:width$}  {meaning}"));
    format!("Environment variables; an option wins over its variable:{}", lines.collect::<String>())
}

/// docs/environment.md.
#[cfg_attr(not(test), expect(dead_code, reason = "a test holds the page against it"))]
fn page() -> String {
    let mut text = "# Environment variables\n\nGenerated from `crates/driftless/src/command/environment.rs`.\n\
        `DRIFTLESS_WRITE=1 cargo test -p driftless environment` writes this page.\n\n"
        .to_owned();
    text.push_str("An option wins over its variable.\n\n");
    text.push_str("| variable | option | meaning |\n|---|---|---|\n");
    for (name, option, meaning) in OWN {
        let option = option.map(|option| format!("`{option}`")).unwrap_or_default();
        let _ = writeln!(text, "| `{name}` | {option} | {meaning} |");
    }
    text.push_str("\nSecrets that the stack names are read from variables of the same names, by `driftless up`.\n\n");
    text.push_str("## Variables of other programs\n\n| variable | meaning |\n|---|---|\n");
    for (names, _, meaning) in OTHERS {
        let names = names.split(", ").map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "| {names} | {meaning} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        env, fs,
        path::{Path, PathBuf},
    };

    use super::*;

    fn workspace() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    #[test]
    fn the_page_is_made_of_the_table() {
        let path = workspace().join("docs/environment.md");
        if env::var_os("DRIFTLESS_WRITE").is_some() {
            fs::write(&path, page()).unwrap();
        }
        assert!(fs::read_to_string(path).unwrap() == page(), "`DRIFTLESS_WRITE=1 cargo test -p driftless environment`");
    }

    fn names(directory: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                names(&path, found);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let product = text.split("#[cfg(test)]").next().unwrap();
                let ends = |c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_';
                let after = product.split("DRIFTLESS_").skip(1).map(|rest| rest.split(ends).next().unwrap());
                found.extend(after.filter(|name| !name.is_empty()).map(|name| format!("DRIFTLESS_{name}")));
            }
        }
    }

    #[test]
    fn the_table_has_every_variable_of_the_sources() {
        let mut found = BTreeSet::new();
        for entry in fs::read_dir(workspace().join("crates")).unwrap() {
            let path = entry.unwrap().path();
            let sources = path.join("src");
            // `testing` is no part of a program.
            if sources.is_dir() && !path.ends_with("testing") {
                names(&sources, &mut found);
            }
        }
        // The last is set, for the simulated account.
        let others = ["DRIFTLESS_WRITE", "DRIFTLESS_JUDGE"];
        found.retain(|name| !name.starts_with(concat!("DRIFTLESS_", "TEST_")) && !others.contains(&name.as_str()));
        assert_eq!(found, OWN.iter().map(|(name, ..)| (*name).to_owned()).collect());
    }
}

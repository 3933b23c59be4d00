//! Finds OpenTofu or Terraform, and refuses versions that lack what the roots need.

use std::{
    env,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, bail};
use hint::Hint;
use serde::Deserialize;
use tokio::process::Command;

use super::{plugins, version::Version};

/// The first versions of both with a lock in the state bucket itself.
pub const MINIMUM: Version = Version { major: 1, minor: 10, patch: 0 };

/// Names the program to use instead of the one that is found.
const VARIABLE: &str = "DRIFTLESS_TERRAFORM";

/// Tried in this order: OpenTofu is free software wherever it is packaged.
const NAMES: [&str; 2] = ["tofu", "terraform"];

/// What a caller's environment could change behind the back of the plan that is shown.
const UNWANTED: [&str; 4] = ["TF_WORKSPACE", "TF_DATA_DIR", "TF_CLI_ARGS", "TF_LOG"];

/// An OpenTofu or Terraform that is new enough.
#[derive(Clone, Debug)]
pub struct Terraform {
    pub(super) program: PathBuf,
    /// `OpenTofu` or `Terraform`.
    pub name: &'static str,
    /// Its version.
    pub version: Version,
    /// The providers that it comes with, and then the only ones that it uses.
    pub(super) plugins: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Versions {
    terraform_version: String,
}

impl Terraform {
    /// The program at `chosen`, or named by `DRIFTLESS_TERRAFORM`, or the first on `PATH`.
    pub async fn find(chosen: Option<&Path>) -> anyhow::Result<Self> {
        let program = match chosen.map(Path::to_path_buf).or_else(from_environment) {
            Some(program) => program,
            None => on_path().context("neither `tofu` nor `terraform` is on PATH").hint("install OpenTofu 1.10 or newer (https://opentofu.org/docs/intro/install/), or name the program with `--terraform PATH`")?,
        };
        Self::ask(program).await
    }

    async fn ask(program: PathBuf) -> anyhow::Result<Self> {
        let doing = || format!("asking `{}` for its version", program.display());
        let output = Command::new(&program)
            .args(["version", "-json"])
            .env("CHECKPOINT_DISABLE", "1")
            .stdin(Stdio::null())
            .output()
            .await
            .with_context(doing)?;
        if !output.status.success() {
            bail!("{}: {}", doing(), String::from_utf8_lossy(&output.stderr).trim());
        }
        let versions: Versions = serde_json::from_slice(&output.stdout).with_context(doing)?;
        let version = versions.terraform_version.parse().with_context(doing)?;
        let is_tofu = program.file_name().is_some_and(|name| name.to_string_lossy().contains("tofu"));
        let name = if is_tofu { "OpenTofu" } else { "Terraform" };
        hint::ensure!(
            version >= MINIMUM,
            "`{}` is {name} {version}; at least {MINIMUM} is needed for the lock in the state bucket",
            program.display(),
            hint = "install a newer one, or name another with `--terraform PATH`"
        );
        let plugins = plugins::beside(&program);
        Ok(Self { program, name, version, plugins })
    }

    /// Whether it is OpenTofu.
    pub fn is_tofu(&self) -> bool {
        self.name == "OpenTofu"
    }

    /// Where its providers are, if a source does not name another place.
    pub(super) fn registry(&self) -> &'static str {
        if self.is_tofu() { "registry.opentofu.org" } else { "registry.terraform.io" }
    }

    /// The program with `arguments`, in `directory`, in an environment that holds no surprises.
    pub(super) fn command(&self, directory: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        for name in env::vars_os().map(|(name, _)| name) {
            let text = name.to_string_lossy();
            if UNWANTED.contains(&&*text) || text.starts_with("TF_VAR_") || text.starts_with("TF_CLI_ARGS_") {
                command.env_remove(&name);
            }
        }
        command.args(arguments).current_dir(directory).stdin(Stdio::null());
        command.env("TF_IN_AUTOMATION", "1").env("TF_INPUT", "0").env("CHECKPOINT_DISABLE", "1");
        command
    }
}

fn from_environment() -> Option<PathBuf> {
    env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn on_path() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let find = |name| env::split_paths(&path).map(|directory| directory.join(name)).find(|path| path.is_file());
    NAMES.into_iter().find_map(find)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    fn program(name: &str, version: &str) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(name);
        fs::write(&path, format!("#!/bin/sh\necho '{{\"terraform_version\":\"{version}\"}}'\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        (directory, path)
    }

    #[tokio::test]
    async fn an_old_version_is_refused_and_the_needed_one_named() {
        let (_directory, path) = program("terraform", "1.9.8");
        let error = hint::ErrorReport::of(&Terraform::find(Some(&path)).await.unwrap_err()).to_string();
        assert!(error.contains("Terraform 1.9.8") && error.contains("1.10.0") && error.contains("hint:"), "{error}");
    }

    #[tokio::test]
    async fn a_new_version_is_taken_and_named() {
        let (_directory, path) = program("tofu", "1.12.0");
        let found = Terraform::find(Some(&path)).await.unwrap();
        assert_eq!((found.name, found.version.to_string().as_str()), ("OpenTofu", "1.12.0"));
    }
}

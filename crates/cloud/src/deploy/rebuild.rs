//! Builds a release again from the revision in its record, with Nix.

use std::{
    io,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::Context;
use hint::Hint;
use model::{bundle::Bundle, progress::Progress};
use tokio::process::Command;
use url::Url;

use crate::record::Record;

/// What makes a directory a project for Nix.
const FLAKE: &str = "flake.nix";

/// The bundle that the project around `start` builds at the revision of `record`.
pub async fn rebuild(start: &Path, record: &Record, progress: &dyn Progress) -> anyhow::Result<Bundle> {
    let revision = revision(record)?;
    let source = source(start, revision).await?;
    progress.note(&format!("building revision `{revision}` with Nix"));
    let mut nix = Command::new("nix");
    nix.args(["--extra-experimental-features", "nix-command flakes"]);
    nix.args(["build", "--no-link", "--print-out-paths", &source]);
    let doing = || format!("building `{source}`");
    let child = match nix.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => hint::bail!(
            "{}: there is no `nix` on PATH",
            doing(),
            hint = "install Nix from https://nixos.org/download, or leave out `--rebuild`"
        ),
        other => other.with_context(doing)?,
    };
    // What it says on the way is shown as it comes.
    let output = child.wait_with_output().await.with_context(doing)?;
    hint::ensure!(
        output.status.success(),
        "{}: `nix` ended with {}",
        doing(),
        output.status,
        hint = "its own words are above; `nix build '{source}'` shows them again"
    );
    let printed = String::from_utf8_lossy(&output.stdout);
    let path = printed.lines().next().map(str::trim).filter(|path| !path.is_empty());
    let path = path.with_context(|| format!("{}: `nix` named no result", doing()))?;
    Bundle::open(Path::new(path)).with_context(doing)
}

/// The commit, if it is all that was built from.
fn revision(record: &Record) -> anyhow::Result<&str> {
    let number = record.number;
    let revision = record.revision.as_deref().with_context(|| format!("the record of release {number} has no revision")).hint("a bundle that was built in a checkout of Git has one, and `driftless deploy --revision` names it; until then, leave out `--rebuild`")?;
    if let Some(commit) = revision.strip_suffix("-dirty") {
        hint::bail!(
            "release {number} was built from `{commit}` and changes that were not committed, which cannot be built again",
            hint = "commit and deploy; until then, leave out `--rebuild`"
        );
    }
    Ok(revision)
}

/// What Nix calls the bundle of `revision`.
async fn source(start: &Path, revision: &str) -> anyhow::Result<String> {
    let start = start.canonicalize().with_context(|| format!("looking for `{FLAKE}` in `{}`", start.display()))?;
    let project = start
        .ancestors()
        .find(|directory| directory.join(FLAKE).is_file())
        .with_context(|| format!("no directory from `{}` upwards has a `{FLAKE}`", start.display()))
        .hint("change to the project's directory")?;
    let top = git(project, &["rev-parse", "--show-toplevel"]).await?;
    let top = top
        .map(PathBuf::from)
        .with_context(|| format!("`{}` is in no checkout of Git", project.display()))
        .hint("change to one of the project")?;
    let commit = format!("{revision}^{{commit}}");
    hint::ensure!(
        git(project, &["cat-file", "-e", &commit]).await?.is_some(),
        "`{}` has no commit `{revision}`",
        top.display(),
        hint = "`git fetch --unshallow`, or fetch the branch that it is on"
    );
    // Git's answer is a canonical path, as `project` is.
    let inside = project.strip_prefix(&top).with_context(|| format!("`{}` is not in it", project.display()))?;
    address(&top, inside, revision)
}

fn address(top: &Path, inside: &Path, revision: &str) -> anyhow::Result<String> {
    let url = Url::from_file_path(top);
    let mut url = url.map_err(|()| anyhow::anyhow!("`{}` is not an absolute path", top.display()))?;
    url.query_pairs_mut().append_pair("rev", revision);
    if inside != Path::new("") {
        url.query_pairs_mut().append_pair("dir", &inside.to_string_lossy());
    }
    Ok(format!("git+{url}#bundle"))
}

/// What Git says; none if it says no.
async fn git(directory: &Path, words: &[&str]) -> anyhow::Result<Option<String>> {
    let output = Command::new("git").arg("-C").arg(directory).args(words).stdin(Stdio::null()).output().await;
    let output = output.context("running `git`").hint("install Git")?;
    Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_named_as_nix_names_it() {
        let named = |top, inside| address(Path::new(top), Path::new(inside), "abc").unwrap();
        assert_eq!(named("/src/items", ""), "git+file:///src/items?rev=abc#bundle");
        assert_eq!(named("/my src/#1", "a/b"), "git+file:///my%20src/%231?rev=abc&dir=a%2Fb#bundle");
    }
}

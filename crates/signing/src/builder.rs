//! Who says what an image was built from: this program, in a workflow or on one's own machine.

use std::collections::BTreeMap;

use oci::Digest;

use crate::{Build, Material};

/// What runs builds on one's own machine, as URIs; the lock files tell which of them it was.
const NIX: &str = "https://github.com/driftless/driftless/builder/nix";
const CARGO: &str = "https://github.com/driftless/driftless/builder/cargo";

/// Is among the lock files of what Nix builds.
const FLAKE_LOCK: &str = "flake.lock";

/// Whoever runs a build, and says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Builder {
    /// A workflow, as a URI; none on one's own machine.
    workflow: Option<String>,
    /// Its run, as a URI.
    run: Option<String>,
    /// Its repository, as a URI, and the commit that it has checked out.
    source: Option<(String, String)>,
    /// Version of this program.
    version: String,
}

impl Builder {
    /// Version `version` of this program, where the environment has these variables: in a workflow of GitHub, or elsewhere.
    /// <https://docs.github.com/en/actions/reference/workflows-and-actions/variables>
    pub fn here(version: &str, variable: impl Fn(&str) -> Option<String>) -> Self {
        let version = version.to_owned();
        let github = || {
            (variable("GITHUB_ACTIONS")? == "true").then_some(())?;
            let (server, repository) = (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?);
            let (run, attempt) = (variable("GITHUB_RUN_ID")?, variable("GITHUB_RUN_ATTEMPT")?);
            Some(Self {
                workflow: Some(format!("{server}/{}", variable("GITHUB_WORKFLOW_REF")?)),
                run: Some(format!("{server}/{repository}/actions/runs/{run}/attempts/{attempt}")),
                source: Some((format!("git+{server}/{repository}"), variable("GITHUB_SHA")?)),
                version: version.clone(),
            })
        };
        github().unwrap_or(Self { version: version.clone(), ..Self::default() })
    }

    /// Its build of an image of `service` from `commit`, of which nothing was changed if that is true, and what `locks` pin.
    pub fn build(
        &self,
        project: &str,
        service: &str,
        commit: Option<(&str, bool)>,
        locks: &BTreeMap<String, Digest>,
    ) -> Build {
        let source = commit.map(|(commit, clean)| {
            let known = self.source.as_ref().filter(|(_, checked_out)| checked_out == commit);
            Material::Commit { uri: known.map(|(uri, _)| uri.clone()), commit: commit.to_owned(), clean }
        });
        let files = locks.iter().map(|(name, digest)| Material::File { name: name.clone(), digest: *digest });
        let own = if locks.contains_key(FLAKE_LOCK) { NIX } else { CARGO };
        Build {
            project: project.to_owned(),
            service: service.to_owned(),
            builder: self.workflow.clone().unwrap_or_else(|| own.to_owned()),
            run: self.run.clone(),
            version: self.version.clone(),
            materials: source.into_iter().chain(files).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "d4bc416a1b2c3d4e5f60718293a4b5c6d7e8f901";

    fn github(name: &str) -> Option<String> {
        let value = match name {
            "GITHUB_ACTIONS" => "true",
            "GITHUB_SERVER_URL" => "https://github.com",
            "GITHUB_REPOSITORY" => "example/items",
            "GITHUB_WORKFLOW_REF" => "example/items/.github/workflows/ci.yml@refs/heads/main",
            "GITHUB_RUN_ID" => "17",
            "GITHUB_RUN_ATTEMPT" => "2",
            "GITHUB_SHA" => COMMIT,
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn a_workflow_is_named_with_its_run_and_the_commit_that_it_has() {
        let locks = [("flake.lock".to_owned(), Digest::of(b"lock"))].into();
        let builder = Builder::here("0.1.0", github);
        let build = builder.build("items", "backend", Some((COMMIT, true)), &locks);
        assert_eq!(build.builder, "https://github.com/example/items/.github/workflows/ci.yml@refs/heads/main");
        assert_eq!(build.run.as_deref(), Some("https://github.com/example/items/actions/runs/17/attempts/2"));
        let uri = Some("git+https://github.com/example/items".to_owned());
        assert_eq!(build.materials[0], Material::Commit { uri, commit: COMMIT.to_owned(), clean: true });
        // A bundle that was built from another commit may be from anywhere.
        let elsewhere = builder.build("items", "backend", Some(("abc", false)), &locks);
        assert_eq!(elsewhere.materials[0], Material::Commit { uri: None, commit: "abc".to_owned(), clean: false });
    }

    #[test]
    fn elsewhere_the_lock_files_say_what_builds() {
        let builder = Builder::here("0.1.0", |name| (name != "GITHUB_RUN_ID").then(|| github(name)).flatten());
        let build = |names: &[&str]| {
            let locks = names.iter().map(|name| ((*name).to_owned(), Digest::of(b"lock"))).collect();
            builder.build("items", "backend", None, &locks)
        };
        assert_eq!(build(&["Cargo.lock"]).builder, CARGO);
        assert_eq!(build(&["Cargo.lock", "flake.lock"]).builder, NIX);
        assert_eq!((build(&[]).run, build(&[]).materials), (None, Vec::new()));
    }
}

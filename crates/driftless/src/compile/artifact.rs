//! The programs that `cargo` says it made, by the package that each is of.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use hint::bail;
use serde::Deserialize;

/// A program: its package, and its own name.
pub(super) type Program<'a> = (&'a str, &'a str);

/// A line of `cargo build --message-format=json`, as far as it matters here.
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub(super) reason: String,
    package_id: Option<String>,
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
}

#[derive(Debug)]
struct Artifact {
    package: String,
    binary: String,
    path: PathBuf,
}

/// What one run of `cargo` made.
#[derive(Debug, Default)]
pub(super) struct Artifacts(Vec<Artifact>);

impl Artifacts {
    pub(super) fn add(&mut self, message: Message) {
        let Message { package_id: Some(id), target: Some(target), executable: Some(path), .. } = message else {
            return;
        };
        self.0.push(Artifact { package: package_of(&id).to_owned(), binary: target.name, path });
    }

    /// Where a program is.
    pub(super) fn path(&self, (package, binary): Program<'_>) -> anyhow::Result<&Path> {
        let of: Vec<_> = self.0.iter().filter(|artifact| artifact.package == package).collect();
        if let Some(found) = of.iter().find(|artifact| artifact.binary == binary) {
            return Ok(&found.path);
        }
        let names: BTreeSet<_> = of.iter().map(|artifact| format!("`{}`", artifact.binary)).collect();
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        bail!(
            "the package `{package}` has no program `{binary}`",
            hint = "set `binary` of the service in infra.nix: {}",
            if names.is_empty() { "the package has none".to_owned() } else { format!("the package has {names}") }
        )
    }

    /// Whether another package's program was written to the same place.
    pub(super) fn is_shared(&self, path: &Path) -> bool {
        self.0.iter().filter(|artifact| artifact.path == path).count() > 1
    }
}

/// The name in a package id: `path+file:///shop/web#0.1.0`, `path+file:///shop/crates/pages#web@0.1.0`, and before Cargo 1.77
/// `web 0.1.0 (path+file:///shop/web)`.
/// <https://doc.rust-lang.org/cargo/reference/pkgid-spec.html>
fn package_of(id: &str) -> &str {
    let Some((url, fragment)) = id.rsplit_once('#') else { return id.split(' ').next().unwrap_or(id) };
    match fragment.split_once('@') {
        Some((name, _)) => name,
        None => url.split('?').next().unwrap_or(url).trim_end_matches('/').rsplit('/').next().unwrap_or(url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(artifacts: &[(&str, &str, &str)]) -> Artifacts {
        let mut made = Artifacts::default();
        for (id, name, path) in artifacts {
            made.add(Message {
                reason: "compiler-artifact".into(),
                package_id: Some((*id).into()),
                target: Some(Target { name: (*name).into() }),
                executable: Some(path.into()),
            });
        }
        made
    }

    #[test]
    fn a_package_is_told_by_its_id() {
        assert_eq!(package_of("path+file:///shop/crates/web#0.1.0"), "web");
        assert_eq!(package_of("path+file:///shop/crates/pages#web@0.1.0"), "web");
        assert_eq!(package_of("web 0.1.0 (path+file:///shop/crates/web)"), "web");
    }

    #[test]
    fn a_package_has_several_programs_and_two_packages_one_name() {
        let made = made(&[
            ("path+file:///w/jobs#0.1.0", "migrate", "/t/migrate"),
            ("path+file:///w/jobs#0.1.0", "worker", "/t/worker"),
            ("path+file:///w/sender#0.1.0", "worker", "/t/worker"),
        ]);
        assert_eq!(made.path(("jobs", "migrate")).unwrap(), Path::new("/t/migrate"));
        assert!(!made.is_shared(Path::new("/t/migrate")));
        assert!(made.is_shared(made.path(("sender", "worker")).unwrap()));
    }

    #[test]
    fn a_program_that_is_not_made_is_an_error_that_lists_those_that_are() {
        let made = made(&[("path+file:///w/web#0.1.0", "web-server", "/t/web-server")]);
        let error = made.path(("web", "web")).unwrap_err();
        let said = hint::ErrorReport::of(&error).to_string();
        assert!(said.contains("the package `web` has no program `web`"), "{said}");
        assert!(said.contains("set `binary` of the service in infra.nix: the package has `web-server`"), "{said}");
    }
}

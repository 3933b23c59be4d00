//! The project that a command works on: `--project`, `DRIFTLESS_PROJECT`, or the current directory and those above.

use std::{
    env,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use anyhow::Context;

use crate::stack::Stack;

/// The rendered `infra.nix`, relative to the project's directory.
pub const STACK: &str = "nix/rendered/stack.json";
/// The directory of that, and of the Terraform roots.
const RENDERED: &str = "nix/rendered";

/// A directory with a stack, and usually with the sources of its services.
#[derive(Clone, Debug)]
pub struct Project {
    /// The project's directory, absolute.
    pub directory: PathBuf,
    /// The rendered `infra.nix`.
    pub stack: Stack,
}

/// The directory that [`choose`] was given.
static CHOSEN: OnceLock<PathBuf> = OnceLock::new();

/// Makes `directory` the one that [`Project::here`] starts from. Call it once, before any command runs: this is the
/// option `--project` of the whole program.
pub fn choose(directory: PathBuf) {
    // A second call changes nothing.
    let _ = CHOSEN.set(directory);
}

impl Project {
    /// The project around the chosen directory, or around the current one.
    pub fn here() -> anyhow::Result<Self> {
        Self::read(Self::directory_here()?)
    }

    /// Its directory alone, for commands that work when the stack cannot be read.
    pub fn directory_here() -> anyhow::Result<PathBuf> {
        match CHOSEN.get() {
            Some(chosen) => find(chosen),
            None => find(&env::current_dir().context("finding the current directory")?),
        }
    }

    /// Reads the project around `start`.
    pub fn find(start: &Path) -> anyhow::Result<Self> {
        Self::read(find(start)?)
    }

    fn read(directory: PathBuf) -> anyhow::Result<Self> {
        let stack = Stack::read(&directory.join(STACK))?;
        Ok(Self { directory, stack })
    }

    /// What is to be said where a file that the stack was rendered from was changed since: all that is planned or deployed
    /// is of the older one.
    pub fn outdated(&self) -> Option<String> {
        let changed = |(name, digest): (&String, &String)| {
            let text = oci::read_document(&self.directory.join(name)).ok()?;
            (oci::Digest::of(&text).hex() != *digest).then(|| format!("`{name}`"))
        };
        let files: Vec<_> = self.stack.sources.iter().filter_map(changed).collect();
        (!files.is_empty()).then(|| {
            format!(
                "warning: {} was changed since `{RENDERED}` was made of it, and what is there now is not used\nhint: render it \
                 first: `nix run .#render`",
                files.join(", ")
            )
        })
    }

    /// Directory of the rendered Terraform roots.
    pub fn rendered(&self) -> PathBuf {
        self.directory.join(RENDERED)
    }
}

/// The nearest directory with a [`STACK`], from `start` upwards.
fn find(start: &Path) -> anyhow::Result<PathBuf> {
    let start = start.canonicalize().with_context(|| format!("looking for a project in `{}`", start.display()))?;
    let Some(directory) = start.ancestors().find(|directory| directory.join(STACK).is_file()) else {
        hint::bail!(
            "`{}` is not in a project: neither it nor a directory above it has `{STACK}`",
            start.display(),
            hint = "change to the project's directory, or name it with `--project DIR`"
        );
    };
    Ok(directory.to_owned())
}

#[cfg(test)]
mod tests {
    use hint::ErrorReport;

    use std::fs;

    use super::*;

    #[test]
    fn is_found_from_any_directory_inside_it() {
        let project = Project::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert_eq!(project.stack.project, "items");
        assert!(project.directory.join("Cargo.lock").is_file());
    }

    #[test]
    fn says_that_infra_nix_was_changed_since_it_was_rendered() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        fs::create_dir_all(at(RENDERED)).unwrap();
        fs::write(at("infra.nix"), "{ }").unwrap();
        let digest = oci::Digest::of(b"{ }").hex();
        let sources = format!(r#"{{"infra.nix":"{digest}","not-here.nix":"00"}}"#);
        fs::write(at(STACK), format!(r#"{{"schema":2,"project":"p","services":{{}},"sources":{sources}}}"#)).unwrap();
        let project = Project::find(directory.path()).unwrap();
        assert_eq!(project.outdated(), None);
        fs::write(at("infra.nix"), "{ project = 1; }").unwrap();
        let said = project.outdated().unwrap();
        assert!(said.contains("`infra.nix` was changed") && said.contains("hint: render"), "{said}");
        assert!(!said.contains("not-here.nix"), "{said}");
    }

    #[test]
    fn says_what_is_missing_outside_of_one() {
        let directory = tempfile::tempdir().unwrap();
        let report = ErrorReport::of(&Project::find(directory.path()).unwrap_err());
        assert!(report.error.contains("is not in a project") && report.hint.is_some(), "{report}");
    }

    #[test]
    fn a_broken_stack_is_named_with_the_place_of_the_fault() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(STACK);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        for (text, says) in [
            ("{", "line 1"),
            (r#"{"schema":2,"project":"p","services":{},"extra":1}"#, "unknown field `extra`"),
            (r#"{"schema":1,"project":"p","services":{}}"#, "schema 1"),
        ] {
            fs::write(&path, text).unwrap();
            let error = format!("{:#}", Project::find(directory.path()).unwrap_err());
            assert!(error.contains("stack.json") && error.contains(says), "{error}");
        }
    }
}

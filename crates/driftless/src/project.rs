//! The project that a command works on.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};

use crate::stack::Stack;

/// Where a project keeps what its `infra.nix` says, relative to its directory.
pub const STACK: &str = "nix/rendered/stack.json";
/// The directory of that, and of the Terraform roots.
const RENDERED: &str = "nix/rendered";

/// A directory with a stack, and usually with the sources of its services.
#[derive(Clone, Debug)]
pub struct Project {
    /// The project's directory, absolute.
    pub directory: PathBuf,
    /// What is run.
    pub stack: Stack,
}

/// Names the project's directory, for a command that is started elsewhere.
const CHOSEN: &str = "DRIFTLESS_PROJECT";

impl Project {
    /// The project that `DRIFTLESS_PROJECT` names, or that the current directory is in.
    pub fn here() -> anyhow::Result<Self> {
        match env::var_os(CHOSEN).filter(|chosen| !chosen.is_empty()) {
            Some(chosen) => Self::find(Path::new(&chosen)).with_context(|| format!("`{CHOSEN}` names no project")),
            None => Self::find(&env::current_dir().context("looking for the current directory")?),
        }
    }

    /// Finds the project that `start` is in: the nearest directory, upwards, with a [`STACK`].
    pub fn find(start: &Path) -> anyhow::Result<Self> {
        let start = start.canonicalize().with_context(|| format!("looking for a project in `{}`", start.display()))?;
        let directory = start.ancestors().find(|directory| directory.join(STACK).is_file());
        ensure!(
            directory.is_some(),
            "`{}` is in no project: no directory from there upwards has `{STACK}`\nhint: change to the project's directory",
            start.display()
        );
        let directory = directory.map(Path::to_path_buf).unwrap_or(start);
        let stack = Stack::read(&directory.join(STACK))?;
        Ok(Self { directory, stack })
    }

    /// Where the Terraform roots are.
    pub fn rendered(&self) -> PathBuf {
        self.directory.join(RENDERED)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn is_found_from_any_directory_inside_it() {
        let project = Project::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert_eq!(project.stack.project, "items");
        assert!(project.directory.join("Cargo.lock").is_file());
    }

    #[test]
    fn says_what_is_missing_outside_of_one() {
        let directory = tempfile::tempdir().unwrap();
        let error = format!("{:#}", Project::find(directory.path()).unwrap_err());
        assert!(error.contains("is in no project") && error.contains("hint:"), "{error}");
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

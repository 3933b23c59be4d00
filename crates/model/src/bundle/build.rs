//! `build.json`: what a bundle was built from. It is beside what is digested: the same sources at another commit are the
//! same images.

use std::{collections::BTreeMap, fmt, io, path::Path, str::FromStr};

use anyhow::{Context, bail, ensure};
use oci::Digest;
use serde::{Deserialize, Serialize};

/// The only version of `build.json` that this program reads and writes.
const SCHEMA: u32 = 1;

/// Ends a revision that is not all that was built.
const DIRTY: &str = "-dirty";

/// A commit, and whether it is all that was built.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Revision {
    /// The commit's full name.
    pub commit: String,
    /// Whether nothing was built that is not in it.
    pub clean: bool,
}

/// What a bundle was built from, as far as that is known.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    schema: u32,
    /// The commit.
    pub revision: Option<Revision>,
    /// The files that pin what else went into it, such as `Cargo.lock`, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub locks: BTreeMap<String, Digest>,
}

impl Default for Build {
    fn default() -> Self {
        Self { schema: SCHEMA, revision: None, locks: BTreeMap::new() }
    }
}

impl Build {
    /// From `revision`.
    pub fn of(revision: Option<Revision>) -> Self {
        Self { revision, ..Self::default() }
    }

    /// The same with the lock file at `path`, called `name`.
    pub fn locked(mut self, name: &str, path: &Path) -> anyhow::Result<Self> {
        self.locks.insert(name.to_owned(), Digest::of(&oci::read_document(path)?));
        Ok(self)
    }

    /// The `build.json` at `path`. Nothing is known if there is no such file: a bundle of before, or of another tool.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let doing = || format!("reading `{}`", path.display());
        let text = match oci::read_document(path) {
            Err(oci::Error::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            other => other?,
        };
        let build: Self = serde_json::from_slice(&text).with_context(doing)?;
        ensure!(build.schema == SCHEMA, "{}: schema {} is not the one this program knows", doing(), build.schema);
        Ok(build)
    }
}

/// `<commit>` or `<commit>-dirty`, as records have it.
impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.commit, if self.clean { "" } else { DIRTY })
    }
}

impl FromStr for Revision {
    type Err = anyhow::Error;

    /// A whole object name of Git, as Nix wants it to build the commit again; `-dirty` may follow.
    fn from_str(text: &str) -> anyhow::Result<Self> {
        let commit = text.strip_suffix(DIRTY).unwrap_or(text);
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if ![40, 64].contains(&commit.len()) || !commit.bytes().all(is_digit) {
            bail!("not the 40 or 64 digits that `git rev-parse` prints");
        }
        Ok(Self { commit: commit.to_owned(), clean: commit.len() == text.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "d4bc416a1b2c3d4e5f60718293a4b5c6d7e8f901";

    #[test]
    fn a_commit_is_named_in_full() {
        for text in [COMMIT.to_owned(), format!("{COMMIT}-dirty")] {
            assert_eq!(text.parse::<Revision>().unwrap().to_string(), text);
        }
        for text in ["d4bc416", "main", "D4BC416A1B2C3D4E5F60718293A4B5C6D7E8F901", "", "-dirty"] {
            assert!(text.parse::<Revision>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_bundle_that_says_nothing_has_no_revision() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("build.json");
        assert_eq!(Build::read(&path).unwrap(), Build::default());
        let revision = Revision { commit: COMMIT.to_owned(), clean: false };
        std::fs::write(&path, serde_json::to_vec(&Build::of(Some(revision.clone()))).unwrap()).unwrap();
        assert_eq!(Build::read(&path).unwrap(), Build::of(Some(revision.clone())));
        let locked = Build::of(Some(revision)).locked("Cargo.lock", &path).unwrap();
        assert_eq!(locked.locks["Cargo.lock"], Digest::of(&std::fs::read(&path).unwrap()));
        std::fs::write(&path, serde_json::to_vec(&locked).unwrap()).unwrap();
        assert_eq!(Build::read(&path).unwrap(), locked);
        std::fs::write(&path, r#"{"schema":2,"revision":null}"#).unwrap();
        assert!(Build::read(&path).is_err());
    }
}

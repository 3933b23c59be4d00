//! Values of secrets: from the environment of the command, or from a file that only its owner can read.

use std::{collections::BTreeMap, fmt, fs, io::ErrorKind, os::unix::fs::PermissionsExt, path::Path};

use anyhow::Context;
use hint::Hint;
use model::stack::Stack;
use serde::{Deserialize, Serialize};

use super::data_directory::DataDirectory;

/// A value that is passed on and never shown.
#[derive(Clone, Deserialize, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The value, for the environment of a task.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The value of each secret that `stack` names; `environment` comes before the file in `data`.
pub fn collect(
    data: &DataDirectory,
    stack: &Stack,
    environment: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<BTreeMap<String, Secret>> {
    let file = data.secrets();
    let kept = read(&file)?;
    let mut secrets = BTreeMap::new();
    for (service, definition) in &stack.services {
        for name in &definition.secrets {
            let value = environment(name).map(Secret).or_else(|| kept.get(name).cloned());
            let value = value
                .with_context(|| format!("secret `{name}` of service `{service}` has no value"))
                .with_hint(|| {
                    format!("set the environment variable `{name}`, or write `{name}=value` into `{}`", file.display())
                })?;
            secrets.insert(name.clone(), value);
        }
    }
    Ok(secrets)
}

fn read(path: &Path) -> anyhow::Result<BTreeMap<String, Secret>> {
    let doing = || format!("reading `{}`", path.display());
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
        other => other.with_context(doing)?,
    };
    hint::ensure!(
        metadata.is_file(),
        "`{}` is not a file",
        path.display(),
        hint = "write lines of NAME=value into a file of that name"
    );
    let mode = metadata.permissions().mode() & 0o777;
    hint::ensure!(
        mode & 0o700 == mode,
        "`{}` contains secrets, and other users can read it: its mode is {mode:o}",
        path.display(),
        hint = "chmod 600 {}",
        path.display()
    );
    parse(&fs::read_to_string(path).with_context(doing)?).with_context(doing)
}

/// Lines of `NAME=value`; empty ones and those that start with `#` say nothing.
fn parse(text: &str) -> anyhow::Result<BTreeMap<String, Secret>> {
    let mut secrets = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        // The line is not shown: it may be a secret.
        let pair = line.split_once('=').map(|(name, value)| (name.trim(), value.trim()));
        let (name, value) = pair.with_context(|| format!("line {number} is not NAME=value"))?;
        secrets.insert(name.to_owned(), Secret(value.to_owned()));
    }
    Ok(secrets)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn reads_names_and_values_and_never_shows_a_bad_line() {
        let secrets = parse("# keys\n\nSECRET_KEY = a=b \n").unwrap();
        assert_eq!(secrets["SECRET_KEY"].reveal(), "a=b");
        assert_eq!(parse("A=1\nhunter2").unwrap_err().to_string(), "line 2 is not NAME=value");
        assert_eq!(format!("{secrets:?}"), r#"{"SECRET_KEY": Secret}"#);
    }

    #[test]
    fn refuses_what_would_never_end() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secrets.env");
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        let error = read(&path).unwrap_err().to_string();
        assert!(error.ends_with("is not a file"), "{error}");
    }

    #[test]
    fn refuses_a_file_that_others_may_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secrets.env");
        fs::write(&path, "A=1").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = read(&path).unwrap_err().to_string();
        assert!(error.contains("its mode is 640"), "{error}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read(&path).unwrap()["A"].reveal(), "1");
    }
}

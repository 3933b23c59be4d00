//! Which bundle is meant by a directory: itself, or one that it holds for each environment.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::RELEASE;
use crate::unknown::Unknown;

/// The bundle in `directory`. Where that is no bundle but holds one for each environment, because their images are for
/// different processors, the one for `environment`.
pub fn for_environment(directory: &Path, environment: Option<&str>) -> anyhow::Result<PathBuf> {
    let held = if directory.join(RELEASE).exists() { Vec::new() } else { held(directory) };
    if held.is_empty() {
        return Ok(directory.to_owned());
    }
    let Some(environment) = environment else {
        hint::bail!(
            "`{}` has a bundle for each environment: `{}`",
            directory.display(),
            held.join("`, `"),
            hint = "name the environment, or use `--bundle {}`",
            directory.join(&held[0]).display()
        );
    };
    if !held.iter().any(|name| name == environment) {
        let known = held.iter().map(String::as_str);
        return Err(Unknown::new("environment", environment, "those that have a bundle", known).into());
    }
    Ok(directory.join(environment))
}

/// The names of the bundles directly below `directory`, sorted.
fn held(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries
        .filter(|entry| entry.path().join(RELEASE).exists())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundles(names: &[&str]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for name in names {
            fs::create_dir_all(directory.path().join(name)).unwrap();
            fs::write(directory.path().join(name).join(RELEASE), "{}").unwrap();
        }
        directory
    }

    #[test]
    fn a_bundle_is_itself_whatever_the_environment() {
        let bundle = bundles(&[""]);
        for environment in [None, Some("dev")] {
            assert_eq!(for_environment(bundle.path(), environment).unwrap(), bundle.path());
        }
        // Whoever opens it says what is wrong with it.
        let nothing = Path::new("/nonexistent");
        assert_eq!(for_environment(nothing, Some("dev")).unwrap(), nothing);
    }

    #[test]
    fn of_one_for_each_environment_the_named_one_is_used() {
        let bundles = bundles(&["dev", "prod"]);
        assert_eq!(for_environment(bundles.path(), Some("prod")).unwrap(), bundles.path().join("prod"));
        let said = |environment| format!("{:#}", for_environment(bundles.path(), environment).unwrap_err());
        assert!(said(None).contains("a bundle for each environment: `dev`, `prod`"), "{}", said(None));
        assert!(said(Some("pord")).starts_with("environment `pord` does not exist"), "{}", said(Some("pord")));
    }
}

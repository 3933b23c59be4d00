//! Where the data is.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use thiserror::Error;

const SCHEME: &str = "sqlite:///";

/// The path of an SQLite database, written as `SQLAlchemy` writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DatabaseUrl(PathBuf);

#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum DatabaseUrlError {
    #[error("`{scheme}` databases are not supported, only `sqlite:///PATH`")]
    Scheme { scheme: String },
    #[error("it does not start with `sqlite:///`")]
    NotAUrl,
    #[error("it names no file; a database in memory would lose every item at the end")]
    NoFile,
    #[error("parameters after `?` are not supported")]
    Parameters,
}

impl DatabaseUrl {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, DatabaseUrlError> {
        let Some(path) = text.strip_prefix(SCHEME) else {
            return Err(match text.split_once("://") {
                Some(("sqlite", _)) => DatabaseUrlError::NoFile,
                Some((scheme, _)) => DatabaseUrlError::Scheme { scheme: scheme.to_owned() },
                None => DatabaseUrlError::NotAUrl,
            });
        };
        if path.contains('?') {
            return Err(DatabaseUrlError::Parameters);
        }
        if path.is_empty() || path == ":memory:" || path.ends_with('/') {
            return Err(DatabaseUrlError::NoFile);
        }
        Ok(Self(path.into()))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}", self.0.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_relative_and_absolute_paths() {
        for (url, path) in [("sqlite:///./app.db", "./app.db"), ("sqlite:////data/items.db", "/data/items.db")] {
            let parsed: DatabaseUrl = url.parse().expect("a good URL");
            assert_eq!((parsed.path(), parsed.to_string().as_str()), (Path::new(path), url));
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let error = |url: &str| url.parse::<DatabaseUrl>().expect_err("refused");
        assert_eq!(error("postgres://u:p@h/d"), DatabaseUrlError::Scheme { scheme: "postgres".to_owned() });
        assert_eq!(error("app.db"), DatabaseUrlError::NotAUrl);
        for url in ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:////data/"] {
            assert_eq!(error(url), DatabaseUrlError::NoFile, "{url}");
        }
        assert_eq!(error("sqlite:///a.db?mode=ro"), DatabaseUrlError::Parameters);
    }
}

//! Where the data is.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use thiserror::Error;

use crate::db::{PostgresUrl, PostgresUrlError};

const SCHEME: &str = "sqlite:///";

/// An SQLite database, written as `SQLAlchemy` writes it; or one of PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(PostgresUrl),
}

#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum DatabaseUrlError {
    #[error("`{scheme}` databases are not supported, only `sqlite:///PATH` and `postgres://…`")]
    Scheme { scheme: String },
    #[error("it starts with neither `sqlite:///` nor `postgres://`")]
    NotAUrl,
    #[error("it names no file; a database in memory would lose every item at the end")]
    NoFile,
    #[error("parameters after `?` are not supported")]
    Parameters,
    #[error(transparent)]
    Postgres(#[from] PostgresUrlError),
}

impl Default for DatabaseUrl {
    fn default() -> Self {
        Self::Sqlite(Path::new("./app.db").to_owned())
    }
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, DatabaseUrlError> {
        let Some(path) = text.strip_prefix(SCHEME) else {
            return match text.split_once("://") {
                Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.parse()?)),
                Some(("sqlite", _)) => Err(DatabaseUrlError::NoFile),
                Some((scheme, _)) => Err(DatabaseUrlError::Scheme { scheme: scheme.to_owned() }),
                None => Err(DatabaseUrlError::NotAUrl),
            };
        };
        if path.contains('?') {
            return Err(DatabaseUrlError::Parameters);
        }
        if path.is_empty() || path == ":memory:" || path.ends_with('/') {
            return Err(DatabaseUrlError::NoFile);
        }
        Ok(Self::Sqlite(path.into()))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{SCHEME}{}", path.display()),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_relative_and_absolute_paths() {
        for (url, path) in [("sqlite:///./app.db", "./app.db"), ("sqlite:////data/items.db", "/data/items.db")] {
            let parsed: DatabaseUrl = url.parse().expect("a good URL");
            assert_eq!(parsed, DatabaseUrl::Sqlite(path.into()));
            assert_eq!(parsed.to_string(), url);
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let error = |url: &str| url.parse::<DatabaseUrl>().expect_err("refused");
        assert_eq!(error("mysql://u:p@h/d"), DatabaseUrlError::Scheme { scheme: "mysql".to_owned() });
        assert_eq!(error("app.db"), DatabaseUrlError::NotAUrl);
        for url in ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:////data/"] {
            assert_eq!(error(url), DatabaseUrlError::NoFile, "{url}");
        }
        assert_eq!(error("sqlite:///a.db?mode=ro"), DatabaseUrlError::Parameters);
    }
}

//! A URL of PostgreSQL, as `libpq` reads it.

use std::{fmt, path::PathBuf, str::FromStr};

use thiserror::Error;
use tokio_postgres::{Config, config::Host};

/// A URL of PostgreSQL. It may hold a password: it is shown without.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Url {
    /// All but the two settings below.
    pub(super) config: Box<Config>,
    pub(super) encrypted: Option<bool>,
    pub(super) authorities: Option<PathBuf>,
}

#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum UrlError {
    #[error("it is no URL of PostgreSQL: {0}")]
    Config(String),
    #[error("`sslmode={0}` is none of `disable`, `require`, `verify-ca` and `verify-full`")]
    SslMode(String),
    #[error("it names several hosts")]
    Hosts,
}

impl FromStr for Url {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let (address, parameters) = text.split_once('?').unwrap_or((text, ""));
        let mut url = Self { config: Box::default(), encrypted: None, authorities: None };
        let mut rest = Vec::new();
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("sslmode", mode)) => url.encrypted = Some(is_encrypted(mode)?),
                Some(("sslrootcert", path)) => url.authorities = Some(path.into()),
                _ => rest.push(parameter),
            }
        }
        let known = format!("{address}?{}", rest.join("&"));
        *url.config = known.parse().map_err(|error: tokio_postgres::Error| {
            // Its cause names the setting, never its value.
            UrlError::Config(std::error::Error::source(&error).map_or_else(String::new, ToString::to_string))
        })?;
        if url.config.get_hosts().len() > 1 { Err(UrlError::Hosts) } else { Ok(url) }
    }
}

/// There is no mode that lets whoever stands between choose, and none that encrypts for whoever answers.
pub(super) fn is_encrypted(mode: &str) -> Result<bool, UrlError> {
    match mode {
        "disable" => Ok(false),
        "require" | "verify-ca" | "verify-full" => Ok(true),
        other => Err(UrlError::SslMode(other.to_owned())),
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        if let Some(user) = self.config.get_user() {
            write!(f, "{user}@")?;
        }
        match self.config.get_hosts().first() {
            Some(Host::Tcp(host)) => f.write_str(host)?,
            #[cfg(unix)]
            Some(Host::Unix(path)) => write!(f, "{}", path.display())?,
            None => {}
        }
        if let Some(port) = self.config.get_ports().first() {
            write!(f, ":{port}")?;
        }
        write!(f, "/{}", self.config.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

//! All settings, as options or environment variables.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use anyhow::ensure;
use clap::Args;
use serde_json::{Value, json};
use service::{listen, secretive::Secretive};

use crate::{database_url::DatabaseUrl, db::PostgresSettings};

#[derive(Args, Clone, Debug)]
pub(crate) struct Config {
    /// Database: `sqlite:///PATH`, or `sqlite:////PATH` for an absolute path; or `postgres://USER@HOST:PORT/NAME`, of which
    /// `DATABASE_USER`, `DATABASE_PASSWORD` and the variables of libpq may say each part. By default `sqlite:///./app.db`, or, with
    /// `PGHOST`, PostgreSQL
    #[arg(long, env = "DATABASE_URL", global = true, value_name = "URL", value_parser = Secretive::<DatabaseUrl>::default(), hide_env_values = true)]
    pub(crate) database_url: Option<DatabaseUrl>,

    /// Port to listen on; 0 selects a free port, which is logged
    #[arg(long, env = "PORT", default_value = "8000", global = true)]
    pub(crate) port: u16,

    /// Number of database connections for concurrent reads of SQLite
    #[arg(long, env = "DATABASE_READERS", default_value = "4", value_parser = clap::value_parser!(u8).range(1..=64), value_name = "N")]
    pub(crate) readers: u8,

    /// Largest number of connections to PostgreSQL
    #[arg(long, env = "DATABASE_CONNECTIONS", default_value = "10", value_parser = clap::value_parser!(u16).range(1..=1000), value_name = "N")]
    pub(crate) connections: u16,

    /// Largest number of requests for items that are served at once; others wait a second for their turn, then get a 503
    #[arg(long, env = "MAX_REQUESTS", default_value = "512", value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    pub(crate) max_requests: u16,

    #[command(flatten)]
    pub(crate) listen: listen::Settings,
}

/// Where the items are kept, with all that it takes to get there.
#[derive(Clone, Debug)]
pub(crate) enum Store {
    Sqlite(PathBuf),
    Postgres(PostgresSettings),
}

impl Store {
    /// Checks what parsing cannot: that the database can be a file there, or which certificates to trust.
    fn check(&self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(path) => check_file(path),
            Self::Postgres(settings) => settings.check(),
        }
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => DatabaseUrl::Sqlite(path.clone()).fmt(f),
            Self::Postgres(settings) => f.write_str(&settings.shown()),
        }
    }
}

impl Config {
    /// The store that the settings name, checked. `environment` has what the URL leaves out.
    pub(crate) fn store(&self, environment: impl Fn(&str) -> Option<String>) -> anyhow::Result<Store> {
        let url = match &self.database_url {
            Some(url) => url.clone(),
            None if environment("PGHOST").is_some() => "postgres://".parse()?,
            None => DatabaseUrl::default(),
        };
        let store = match url {
            DatabaseUrl::Sqlite(path) => Store::Sqlite(path),
            DatabaseUrl::Postgres(url) => Store::Postgres(PostgresSettings::new(&url, environment)?),
        };
        store.check()?;
        Ok(store)
    }

    /// The settings as JSON, without a password.
    pub(crate) fn shown(&self, store: &Store) -> Value {
        json!({
            "database_url": store.to_string(),
            "host": self.listen.host,
            "port": self.port,
            "readers": self.readers,
            "connections": self.connections,
            "max_requests": self.max_requests,
            "shutdown_grace_seconds": self.listen.shutdown_grace.as_secs(),
            "keep_alive_seconds": self.listen.keep_alive.as_secs(),
            "max_connections": self.listen.max_connections,
            "metrics_port": self.listen.metrics_port,
            "log_format": format!("{:?}", self.listen.log_format).to_lowercase(),
            "log_filter": self.listen.log_filter,
        })
    }
}

fn check_file(path: &Path) -> anyhow::Result<()> {
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    ensure!(
        directory.is_dir(),
        "the directory `{}` of the database does not exist: create it, mount a volume there, or set DATABASE_URL",
        directory.display()
    );
    ensure!(!path.is_dir(), "the database `{}` is a directory: set DATABASE_URL to a file", path.display());
    Ok(())
}

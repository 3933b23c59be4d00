//! All settings, as options or environment variables.

use std::path::Path;

use anyhow::ensure;
use clap::Args;
use serde_json::{Value, json};
use service::{listen, secretive::Secretive};

use crate::database_url::DatabaseUrl;

#[derive(Args, Clone, Debug)]
pub(crate) struct Config {
    /// Database: `sqlite:///PATH`, or `sqlite:////PATH` for an absolute path
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite:///./app.db", global = true, value_name = "URL", value_parser = Secretive::<DatabaseUrl>::default())]
    pub(crate) database_url: DatabaseUrl,

    /// Port to listen on; 0 selects a free port, which is logged
    #[arg(long, env = "PORT", default_value = "8000", global = true)]
    pub(crate) port: u16,

    /// Number of database connections for concurrent reads
    #[arg(long, env = "DATABASE_READERS", default_value = "4", value_parser = clap::value_parser!(u8).range(1..=64), value_name = "N")]
    pub(crate) readers: u8,

    #[command(flatten)]
    pub(crate) listen: listen::Settings,
}

impl Config {
    /// Checks what parsing cannot: that the database can be a file there.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let directory = match self.database_url.path().parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        ensure!(
            directory.is_dir(),
            "the directory `{}` of the database does not exist: create it, mount a volume there, or set DATABASE_URL",
            directory.display()
        );
        ensure!(
            !self.database_url.path().is_dir(),
            "the database `{}` is a directory: set DATABASE_URL to a file",
            self.database_url.path().display()
        );
        Ok(())
    }

    /// The settings as JSON; none of them is secret.
    pub(crate) fn shown(&self) -> Value {
        json!({
            "database_url": self.database_url.to_string(),
            "host": self.listen.host,
            "port": self.port,
            "readers": self.readers,
            "shutdown_grace_seconds": self.listen.shutdown_grace.as_secs(),
            "keep_alive_seconds": self.listen.keep_alive.as_secs(),
            "max_connections": self.listen.max_connections,
            "log_format": format!("{:?}", self.listen.log_format).to_lowercase(),
            "log_filter": self.listen.log_filter,
        })
    }
}

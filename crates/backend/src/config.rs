//! Every setting, by flag or environment.

use std::path::Path;

use anyhow::ensure;
use clap::Args;
use serde_json::{Value, json};
use service::listen;

use crate::database_url::DatabaseUrl;

#[derive(Args, Clone, Debug)]
pub(crate) struct Config {
    /// The database: `sqlite:///` and a path; four slashes make it absolute
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite:///./app.db", global = true, value_name = "URL")]
    pub(crate) database_url: DatabaseUrl,

    /// Port to listen on; 0 takes a free one and logs it
    #[arg(long, env = "PORT", default_value = "8000", global = true)]
    pub(crate) port: u16,

    /// Database connections that read at the same time
    #[arg(long, env = "DATABASE_READERS", default_value = "4", value_parser = clap::value_parser!(u8).range(1..=64), value_name = "N")]
    pub(crate) readers: u8,

    #[command(flatten)]
    pub(crate) listen: listen::Settings,
}

impl Config {
    /// What can be wrong with settings that are well-formed.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let directory = match self.database_url.path().parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        ensure!(
            directory.is_dir(),
            "the database's directory `{}` does not exist\nhint: make it, mount a volume there, or set DATABASE_URL",
            directory.display()
        );
        ensure!(
            !self.database_url.path().is_dir(),
            "the database `{}` is a directory\nhint: DATABASE_URL names a file",
            self.database_url.path().display()
        );
        Ok(())
    }

    /// The settings for people; none of them is secret.
    pub(crate) fn shown(&self) -> Value {
        json!({
            "database_url": self.database_url.to_string(),
            "host": self.listen.host,
            "port": self.port,
            "readers": self.readers,
            "shutdown_grace_seconds": self.listen.shutdown_grace.as_secs(),
            "max_connections": self.listen.max_connections,
            "log_format": format!("{:?}", self.listen.log_format).to_lowercase(),
            "log_filter": self.listen.log_filter,
        })
    }
}

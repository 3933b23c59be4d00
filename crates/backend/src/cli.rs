//! The command line: serve, or one of the small tools that an image without a shell needs.

use std::{process::ExitCode, sync::Arc};

use anyhow::Context;
use clap::{Parser, Subcommand};
use jiff::Timestamp;
use service::{healthcheck, serve, telemetry};
use tracing::error;

use crate::{config::Config, db::Db, router};

/// JSON API of the items application over SQLite.
#[derive(Debug, Parser)]
#[command(name = "backend", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    config: Config,
}

const EXAMPLES: &str = "Examples:
  backend                                             serve ./app.db on port 8000
  DATABASE_URL=sqlite:////data/items.db backend       serve another database
  backend --port 9000 --log-format text               flags win over the environment
  backend healthcheck                                 exit code 0 when the server on this machine answers
  backend check-config                                exit code 0 when the settings are good; prints them

Exit codes: 0 success, 1 it could not be done, 2 the command line or the environment is wrong.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until SIGTERM or SIGINT (the default)
    Serve,
    /// Ask the server on this machine whether it is well; for container health checks
    Healthcheck(healthcheck::Settings),
    /// Check the settings without serving, and print them as JSON
    CheckConfig,
}

/// Runs what the arguments ask for.
pub(crate) fn main() -> ExitCode {
    let Cli { command, config } = Cli::parse();
    let result = match command.unwrap_or(Command::Serve) {
        Command::Serve => run_server(&config),
        Command::Healthcheck(settings) => healthcheck::run(&settings, config.listen.host, config.port),
        Command::CheckConfig => config.check().map(|()| println!("{:#}", config.shown())),
    };
    let Err(error) = result else { return ExitCode::SUCCESS };
    // The log is not there yet when the settings are wrong, and nobody reads it in a health check.
    eprintln!("error: {error:#}");
    error!(cause = format!("{error:#}"), "stopping");
    ExitCode::FAILURE
}

fn run_server(config: &Config) -> anyhow::Result<()> {
    telemetry::init(config.listen.log_format, &config.listen.log_filter)?;
    config.check()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")?;
    let db = Arc::new(Db::open(&config.database_url, config.readers, Timestamp::now)?);
    let served = runtime.block_on(async {
        let listener = serve::bind(&config.listen, config.port).await?;
        serve::serve(listener, router::new(db.clone()), &config.listen, serve::stop_signal()).await
    });
    // Readers that still run hold the database: give up on them, so that the last connection closes and checkpoints.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    drop(db);
    served
}

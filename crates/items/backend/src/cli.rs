//! The command line: the server, and the commands that an image without a shell needs.

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use jiff::Timestamp;
use service::{healthcheck, overload::Limit, process, serve};
use tracing::error;

use crate::{
    config::{Config, Store},
    db::{self, Db},
    router,
};

/// JSON API of the items application over SQLite or PostgreSQL.
#[derive(Debug, Parser)]
#[command(name = "backend", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    config: Config,
}

/// How long a request waits for its turn: well below the patience of the frontend.
const FOR_ITS_TURN: Duration = Duration::from_secs(1);

const EXAMPLES: &str = "Examples:
  backend                                             serve ./app.db on port 8000
  DATABASE_URL=sqlite:////data/items.db backend       serve another database
  PGHOST=/run/postgresql PGUSER=me backend            serve a database of PostgreSQL
  backend --port 9000 --log-format text               options override environment variables
  backend healthcheck                                 exit code 0 if the server on this machine is healthy
  backend import-sqlite /data/items.db                move to the PostgreSQL of DATABASE_URL
  backend check-config                                exit code 0 if the settings are valid; prints them

Exit codes: 0 success, 1 failure, 2 the command line or an environment variable is not valid.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until SIGTERM or SIGINT (the default)
    Serve,
    /// Check the health of the server on this machine; for container health checks
    Healthcheck(healthcheck::Settings),
    /// Move the items of an SQLite database to the PostgreSQL that the settings name, which has none yet
    #[command(name = "import-sqlite")]
    ImportSqlite {
        /// The file; stop what writes to it first
        file: PathBuf,
    },
    /// Check the settings and print them as JSON, without starting the server
    CheckConfig,
}

/// Runs the command of the arguments.
pub(crate) fn main() -> ExitCode {
    let Cli { command, config } = Cli::parse();
    let result = match command.unwrap_or(Command::Serve) {
        Command::Serve => run_server(&config),
        Command::Healthcheck(settings) => healthcheck::run(&settings, config.listen.host, config.port),
        Command::ImportSqlite { file } => import(&config, &file),
        Command::CheckConfig => config.store(variable).map(|store| println!("{:#}", config.shown(&store))),
    };
    let Err(error) = result else { return ExitCode::SUCCESS };
    // With wrong settings the log has not started yet, and a health check has none.
    eprintln!("error: {error:#}");
    error!(cause = format!("{error:#}"), "stopping");
    ExitCode::FAILURE
}

fn run_server(config: &Config) -> anyhow::Result<()> {
    process::start_log(config.listen.log_format, &config.listen.log_filter)?;
    let store = config.store(variable)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")?;
    let db = runtime.block_on(Db::open(config, &store, Timestamp::now))?;
    let served = runtime.block_on(async {
        let listener = serve::bind(&config.listen, config.port).await?;
        serve::serve(
            listener,
            router::new(db.clone(), Limit::new(config.max_requests, FOR_ITS_TURN)),
            &config.listen,
            serve::stop_signal(),
        )
        .await
    });
    // Readers that still run hold the database: give up on them, so that the last connection closes and checkpoints.
    runtime.shutdown_timeout(Duration::from_secs(2));
    drop(db);
    served
}

fn import(config: &Config, source: &Path) -> anyhow::Result<()> {
    let Store::Postgres(target) = config.store(variable)? else {
        bail!("the target is SQLite, too: name a database of PostgreSQL by DATABASE_URL");
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")?;
    let count = runtime.block_on(db::import(source, &target))?;
    println!("{count} items imported and compared");
    Ok(())
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

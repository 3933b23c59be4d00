//! The command line.

mod check_config;
mod faults;

use std::{ffi::OsString, net::IpAddr, process::ExitCode};

use anyhow::Context;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use service::{healthcheck, process, serve};

use crate::{App, Settings, router};

/// Serves the pages of the items application.
///
/// Without a command it starts the server. Every setting is an option or an environment variable.
#[derive(Debug, Parser)]
#[command(
    name = "frontend",
    version,
    subcommand_required = true,
    after_help = "\
Examples:
  frontend                                      serve on port 3000
  BACKEND_URL=http://backend:8000 frontend      with the backend elsewhere
  frontend serve --help                         every setting"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve pages until SIGTERM or SIGINT, then finish running requests (the default)
    #[command(after_help = "\
Examples:
  frontend serve --port 8080 --log-format text
  BACKEND_URL=https://api.example.com BACKEND_TIMEOUT=2.5 frontend serve")]
    Serve(Settings),
    /// Check the health of the server on this machine; for container health checks
    #[command(after_help = "\
Examples:
  frontend healthcheck
  frontend healthcheck --port 8080 --path /ready")]
    Healthcheck(Healthcheck),
    /// Check the settings and print them, without starting the server
    #[command(after_help = "\
Examples:
  frontend check-config
  BACKEND_URL=http://backend:8000 frontend check-config --port 8080")]
    CheckConfig(Settings),
}

#[derive(Debug, clap::Args)]
struct Healthcheck {
    /// Address of the server
    #[arg(long, env = "HOST", default_value = "0.0.0.0")]
    host: IpAddr,
    /// Port of the server
    #[arg(long, env = "PORT", default_value = "3000")]
    port: u16,
    #[command(flatten)]
    check: healthcheck::Settings,
}

/// Runs the program. Exit codes: 0 success, 1 failure, 2 the command line or an environment variable is not valid.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = with_default_command(arguments.into_iter().collect());
    let matches = match Cli::command().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error) if faults::concern_values(&error) && asks_for(&arguments, "check-config") => {
            return check_config::report(&faults::all(Cli::command(), &arguments));
        }
        Err(error) => error.exit(),
    };
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let outcome = match cli.command {
        Command::Serve(settings) => serve(&settings),
        Command::Healthcheck(settings) => healthcheck::run(&settings.check, settings.host, settings.port),
        Command::CheckConfig(settings) => {
            return check_config::run(&settings, &Cli::command(), &matches);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn serve(settings: &Settings) -> anyhow::Result<()> {
    process::start_log(settings.listen.log_format, &settings.listen.log_filter)?;
    let runtime = tokio::runtime::Runtime::new().context("starting the runtime")?;
    runtime.block_on(async {
        let app = App::new(&settings.backend)?;
        let listener = serve::bind(&settings.listen, settings.port).await?;
        serve::serve(listener, router(app), &settings.listen, serve::stop_signal()).await
    })
}

/// `frontend --port 8080` means `frontend serve --port 8080`.
fn with_default_command(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let first = arguments.get(1).map(|first| first.to_string_lossy().into_owned());
    let serves = first
        .is_none_or(|first| first.starts_with('-') && !matches!(first.as_str(), "-h" | "--help" | "-V" | "--version"));
    if serves {
        arguments.insert(1.min(arguments.len()), "serve".into());
    }
    arguments
}

fn asks_for(arguments: &[OsString], command: &str) -> bool {
    arguments.get(1).is_some_and(|first| first == command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serves_unless_told_otherwise() {
        let with = |arguments: &[&str]| {
            with_default_command(arguments.iter().map(OsString::from).collect())
                .into_iter()
                .map(|argument| argument.to_string_lossy().into_owned())
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(with(&["frontend"]), "frontend serve");
        assert_eq!(with(&["frontend", "--port", "1"]), "frontend serve --port 1");
        assert_eq!(with(&["frontend", "--help"]), "frontend --help");
        assert_eq!(with(&["frontend", "healthcheck"]), "frontend healthcheck");
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}

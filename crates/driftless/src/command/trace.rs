//! What `-v`, `-vv` and `DRIFTLESS_LOG` show: what a command does, with every call to AWS and every run of Terraform.
//!
//! Written to standard error. Names, ids, codes and times; never parameters, answers or environment variables, which may
//! hold secrets. What libraries log is left out for the same reason.

use std::{io, process::ExitCode, time::Instant};

use anyhow::Context;
use hint::Hint;
use model::palette::Palette;
use tracing::{Level, info};
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// The crates of this program.
const OURS: [&str; 6] = ["aws", "cloud", "cost", "driftless", "engine", "registry"];

/// Heading of the options that every command has.
pub(super) const GLOBAL: &str = "Global options";

/// How much to log
#[derive(Debug, clap::Args)]
pub(super) struct Verbosity {
    /// Log calls to AWS with their request ids, and runs of Terraform, to standard error; -vv logs details
    #[arg(short, long, action = clap::ArgAction::Count, global = true, conflicts_with = "log", help_heading = GLOBAL)]
    verbose: u8,

    /// What to log, as TARGET=LEVEL pairs: `debug`, `warn,aws=info`, `hyper=trace` [default: nothing, or what -v says]
    #[arg(long, value_name = "FILTER", env = "DRIFTLESS_LOG", hide_env_values = true, global = true, hide_short_help = true, help_heading = GLOBAL)]
    log: Option<String>,
}

impl Verbosity {
    /// Starts the log; `least` is what is logged of this program if nobody asked for more.
    pub(super) fn start(&self, least: Level) -> anyhow::Result<()> {
        let level = match self.verbose {
            0 => least,
            1 => least.max(Level::INFO),
            _ => Level::DEBUG,
        };
        let asked: Targets = match self.log.as_deref().map(str::trim).filter(|log| !log.is_empty()) {
            Some(log) => log
                .parse()
                .with_context(|| format!("`{log}` is not a log filter"))
                .hint("write for example `--log debug` or `DRIFTLESS_LOG=warn,aws=info`")?,
            None => Targets::new().with_default(level),
        };
        let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(Palette::stderr().is_coloured());
        // Tests start it more than once.
        let _ = tracing_subscriber::registry().with(ours(&asked)).with(lines).try_init();
        Ok(())
    }
}

/// What was asked for, of the crates of this program alone: what libraries log may hold signed requests and bodies.
fn ours(asked: &Targets) -> Targets {
    let default = asked.default_level().unwrap_or(LevelFilter::OFF);
    let is_ours = |target: &str| OURS.contains(&target.split("::").next().unwrap_or_default());
    // A target is a prefix: `aws` would be `aws_runtime`, too.
    let theirs = [("aws_", LevelFilter::OFF)];
    let given = asked.iter().filter(|(target, _)| is_ours(target)).map(|(target, level)| (target.to_owned(), level));
    OURS.into_iter()
        .map(|name| (name, default))
        .chain(theirs)
        .map(|(name, level)| (name.to_owned(), level))
        .chain(given)
        .collect()
}

/// Runs `command`, called `name`, and logs how it ended.
pub(super) fn traced(name: &str, command: impl FnOnce() -> anyhow::Result<ExitCode>) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    info!(command = name, version = env!("CARGO_PKG_VERSION"), "`driftless {name}`");
    let ended = command();
    let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    info!(command = name, duration_ms, failed = ended.is_err(), "`driftless {name}` ended");
    ended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_is_none_is_refused_with_an_example() {
        let wrong = Verbosity { verbose: 0, log: Some("aws=loud".to_owned()) };
        let report = hint::ErrorReport::of(&wrong.start(Level::WARN).unwrap_err());
        assert!(report.error.starts_with("`aws=loud` is not a log filter"), "{report}");
        assert!(report.hint.is_some_and(|hint| hint.contains("DRIFTLESS_LOG")));
    }

    #[test]
    fn what_libraries_log_cannot_be_turned_on() {
        for asked in ["trace", "aws=trace,aws_runtime=trace,hyper=trace"] {
            let shown = ours(&asked.parse().unwrap());
            assert!(shown.would_enable("aws::call", &Level::TRACE), "{asked}");
            for theirs in ["aws_runtime", "aws_smithy_runtime::client", "hyper::proto", "rustls"] {
                assert!(!shown.would_enable(theirs, &Level::ERROR), "{asked}: {theirs}");
            }
        }
        assert!(!ours(&"cloud=debug".parse().unwrap()).would_enable("aws::call", &Level::INFO));
    }
}

//! The commands that look at an environment on AWS, and run things in it. They are in every build; in one without the
//! feature `aws` they say how to get one that has it.

mod args;

#[cfg(feature = "aws")]
mod abort;
#[cfg(feature = "aws")]
mod follow;
#[cfg(feature = "aws")]
mod logs;
#[cfg(feature = "aws")]
mod place;
#[cfg(feature = "aws")]
mod run;
#[cfg(feature = "aws")]
mod status;
#[cfg(feature = "aws")]
mod watch;

use std::process::ExitCode;

use clap::Subcommand;

pub(super) use args::LogsArgs;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Watch(args::Watch),
    Run(args::Run),
    Abort(args::Abort),
}

/// What to do.
#[cfg_attr(not(feature = "aws"), allow(dead_code, reason = "this build only refuses"))]
pub(super) enum Ask<'a> {
    /// One of them.
    Command(&'a Command),
    /// `status --env`.
    Status { environment: &'a str, json: bool },
    /// `logs --env`.
    Logs(LogsArgs<'a>),
}

#[cfg(not(feature = "aws"))]
pub(super) fn run(_ask: &Ask<'_>) -> anyhow::Result<ExitCode> {
    anyhow::bail!(
        "this build of `driftless` speaks to no AWS account, so that the first `up` need not wait for it\nhint: \
         `cargo run --release -p driftless --features aws -- …`, or `nix run .#deploy`, has it"
    )
}

#[cfg(feature = "aws")]
pub(super) fn run(ask: &Ask<'_>) -> anyhow::Result<ExitCode> {
    use anyhow::Context;

    let runtime = tokio::runtime::Runtime::new().context("starting the runtime")?;
    let done = runtime.block_on(async {
        match ask {
            Ask::Command(Command::Watch(args)) => watch::run(args).await,
            Ask::Command(Command::Run(args)) => run::run(args).await,
            Ask::Command(Command::Abort(args)) => abort::run(args).await,
            Ask::Status { environment, json } => status::run(environment, *json).await,
            Ask::Logs(args) => logs::run(args).await,
        }
    });
    runtime.shutdown_background();
    done
}

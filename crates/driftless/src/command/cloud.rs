//! The commands that act on an AWS account. They are in every build; in one without the feature `aws` they say how to
//! get one that has it.

mod args;

#[cfg(feature = "aws")]
mod apply;
#[cfg(feature = "aws")]
mod bootstrap;
#[cfg(feature = "aws")]
mod deploy;
#[cfg(feature = "aws")]
mod destroy;
#[cfg(feature = "aws")]
mod diff;
#[cfg(feature = "aws")]
mod doctor;
#[cfg(feature = "aws")]
mod drift;
#[cfg(feature = "aws")]
mod finish;
#[cfg(feature = "aws")]
mod place;
#[cfg(feature = "aws")]
mod plan;
#[cfg(feature = "aws")]
mod releases;
#[cfg(feature = "aws")]
mod scale;
#[cfg(feature = "aws")]
mod secrets;
#[cfg(feature = "aws")]
mod unlock;
#[cfg(feature = "aws")]
mod verify;

use std::process::ExitCode;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Bootstrap(args::Bootstrap),
    Doctor(args::Doctor),
    Plan(args::Plan),
    Apply(args::Apply),
    Deploy(args::Deploy),
    Releases(args::Releases),
    Rollback(args::Rollback),
    Promote(args::Promote),
    Diff(args::Diff),
    Drift(args::Drift),
    Verify(args::Verify),
    Scale(args::Scale),
    Pause(args::Pause),
    Resume(args::Resume),
    Secrets(args::Secrets),
    Unlock(args::Unlock),
    Destroy(args::Destroy),
}

#[cfg(not(feature = "aws"))]
pub(super) fn run(_command: &Command) -> anyhow::Result<ExitCode> {
    anyhow::bail!(
        "this build of `driftless` speaks to no AWS account, so that the first `up` need not wait for it\nhint: \
         `cargo run --release -p driftless --features aws -- …`, or `nix run .#deploy`, has it"
    )
}

#[cfg(feature = "aws")]
pub(super) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    use anyhow::Context;

    let runtime = tokio::runtime::Runtime::new().context("starting the runtime")?;
    runtime.spawn(interrupts());
    let done = runtime.block_on(async {
        match command {
            Command::Bootstrap(args) => bootstrap::run(args).await,
            Command::Doctor(args) => doctor::run(args).await,
            Command::Plan(args) => plan::run(args).await,
            Command::Apply(args) => apply::run(args).await,
            Command::Deploy(args) => deploy::run(args).await,
            Command::Releases(args) => releases::run(args).await,
            Command::Rollback(args) => releases::rollback(args).await,
            Command::Promote(args) => releases::promote(args).await,
            Command::Diff(args) => diff::run(args).await,
            Command::Drift(args) => drift::run(args).await,
            Command::Verify(args) => verify::run(args).await,
            Command::Scale(args) => scale::run(args).await,
            Command::Pause(args) => scale::pause(args).await,
            Command::Resume(args) => scale::resume(args).await,
            Command::Secrets(args) => secrets::run(args).await,
            Command::Unlock(args) => unlock::run(args).await,
            Command::Destroy(args) => destroy::run(args).await,
        }
    });
    runtime.shutdown_background();
    done
}

/// Ends the program at Control-C, unless somebody listens for it.
#[cfg(feature = "aws")]
async fn interrupts() {
    while tokio::signal::ctrl_c().await.is_ok() {
        if !crate::interrupt::is_heard() {
            eprintln!("interrupted: what AWS was asked for goes on\nhint: the same command again goes on from here");
            std::process::exit(super::exit::INTERRUPTED.into());
        }
    }
}

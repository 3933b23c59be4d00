//! `driftless image`

mod build;
mod ca_bundle;
mod inspect;
mod text;
mod verify;

use std::process::ExitCode;

/// Build, inspect and verify OCI images
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Build(build::Args),
    CaBundle(ca_bundle::Args),
    Inspect(inspect::Args),
    Verify(verify::Args),
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Build(args) => build::run(args),
        Command::CaBundle(args) => ca_bundle::run(args),
        Command::Inspect(args) => inspect::run(args),
        Command::Verify(args) => verify::run(args),
    }
}

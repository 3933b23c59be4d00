//! `driftless image`

mod build;
mod ca_bundle;
mod diff;
pub(super) mod difference;
mod inspect;
mod pull;
mod push;
mod sbom;
pub(super) mod text;
mod verify;

use std::process::ExitCode;

/// Build, inspect, compare, verify and move OCI images
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Build(build::Args),
    CaBundle(ca_bundle::Args),
    Diff(diff::Args),
    Inspect(inspect::Args),
    Pull(pull::Args),
    Push(push::Args),
    Sbom(sbom::Args),
    Verify(verify::Args),
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Build(args) => build::run(args),
        Command::CaBundle(args) => ca_bundle::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Inspect(args) => inspect::run(args),
        Command::Pull(args) => pull::run(args),
        Command::Push(args) => push::run(args),
        Command::Sbom(args) => sbom::run(args),
        Command::Verify(args) => verify::run(args),
    }
}

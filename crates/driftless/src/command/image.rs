//! `driftless image`

mod adopt;
mod build;
mod ca_bundle;
mod closure;
#[cfg(feature = "registry")]
mod diff;
mod inspect;
#[cfg(feature = "registry")]
mod pull;
#[cfg(feature = "registry")]
mod push;
#[cfg(feature = "registry")]
mod sbom;
#[cfg(feature = "registry")]
mod signatures;
mod verify;

use std::process::ExitCode;

#[cfg(not(feature = "registry"))]
use super::without_registry::{self as diff, self as pull, self as push, self as sbom, self as signatures};

/// Build, inspect, compare, verify, push and pull OCI images
#[derive(Debug, clap::Args)]
#[cfg_attr(not(feature = "registry"), command(after_help = super::without_registry::IMAGE_HELP))]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Adopt(adopt::Args),
    Build(build::Args),
    CaBundle(ca_bundle::Args),
    Closure(closure::Args),
    Diff(diff::Args),
    Inspect(inspect::Args),
    Pull(pull::Args),
    Push(push::Args),
    Sbom(sbom::Args),
    Signatures(signatures::Args),
    Verify(verify::Args),
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Adopt(args) => adopt::run(args),
        Command::Build(args) => build::run(args),
        Command::CaBundle(args) => ca_bundle::run(args),
        Command::Closure(args) => closure::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Inspect(args) => inspect::run(args),
        Command::Pull(args) => pull::run(args),
        Command::Push(args) => push::run(args),
        Command::Sbom(args) => sbom::run(args),
        Command::Signatures(args) => signatures::run(args),
        Command::Verify(args) => verify::run(args),
    }
}

//! `driftless bundle`

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::ValueEnum;

use crate::{build, progress, project::Project};

/// Build everything a deployment needs into one directory
///
/// Compiles every service of the project to a static binary with cargo, packs each into an image and writes
/// release.json, stack.json and images/<service>/. The digests depend on the sources and the toolchain alone.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless bundle --out bundle                     build, and print the digest of each image
  driftless bundle --out bundle --json | jq .images
  driftless up --bundle bundle                      run it on this machine

Exit codes: 0 built, 1 it could not be built, 2 the command line is wrong.")]
pub(super) struct Args {
    /// Directory to make; an older bundle there is replaced in one step
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Certificates that the services trust, as PEM. If absent: Mozilla's, as pinned by this program
    #[arg(long, value_name = "FILE")]
    ca_bundle: Option<PathBuf>,

    /// How the layers are compressed: zstd for Fargate and current tools, gzip for older ones
    #[arg(long, value_enum, default_value_t)]
    compression: Compression,

    /// Print the release as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Compression {
    #[default]
    Zstd,
    Gzip,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let project = Project::find(&std::env::current_dir().context("asking for the current directory")?)?;
    let options = build::Options {
        ca_bundle: args.ca_bundle.clone(),
        compression: match args.compression {
            Compression::Zstd => oci::Compression::Zstd,
            Compression::Gzip => oci::Compression::Gzip,
        },
    };
    let bundle = build::bundle(&project, &args.out, &options, &*progress::stderr())?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&bundle.release)?);
    } else {
        for (service, image) in &bundle.release.images {
            println!("{service} {} {} {} bytes", image.digest, image.platform, image.size);
        }
    }
    Ok(ExitCode::SUCCESS)
}

//! `driftless image adopt`

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use oci::Platform;

use super::build::show;

/// Check an image of another builder, and copy it into a new layout
///
/// Manifest, config and layers stay as they are, and so does the digest; every digest is checked. It may use all that OCI and Docker
/// allow, where `image verify` is for images of one program that were built here.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  driftless image adopt result --platform linux/amd64 --out images/web")]
pub(super) struct Args {
    /// The layout
    #[arg(value_name = "LAYOUT")]
    layout: PathBuf,

    /// The directory to create; an existing image layout is replaced, anything else is an error
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Which image to copy where the layout has one for each of several platforms
    #[arg(long, default_value = "linux/amd64", value_parser = PossibleValuesParser::new(["linux/amd64", "linux/arm64"])
        .try_map(|text| text.parse::<Platform>()))]
    platform: Platform,

    /// Print digest, size and platform as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let adopted = oci::adopt(&args.layout, args.platform, &args.out)
        .with_context(|| format!("copying image `{}`", args.layout.display()))?;
    show(&adopted, &args.out, args.json)
}

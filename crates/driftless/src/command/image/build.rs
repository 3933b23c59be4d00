//! `driftless image build`

use std::{fmt::Write as _, path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use oci::{Compression, ImageSpec, Platform, build_image};

use super::text;

const EXAMPLES: &str = "\
Examples:
  driftless image build --binary target/x86_64-unknown-linux-musl/release/backend \\
      --ca-bundle /etc/ssl/certs/ca-certificates.crt --out images/backend
  driftless image build --binary backend --ca-bundle ca.crt --out images/backend \\
      --platform linux/arm64 --compression gzip --json";

/// Pack one static program into an image layout
///
/// The image holds the program at `/bin/app`, the CA bundle, users and `/tmp`; it runs as user 65532 and has no shell.
/// Its digest depends on the content alone: built again, elsewhere or later, it is the same.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The program: an ELF file for Linux, statically linked
    #[arg(long, value_name = "FILE")]
    binary: PathBuf,

    /// The certificates that the program trusts, as PEM
    #[arg(long, value_name = "FILE")]
    ca_bundle: PathBuf,

    /// Directory to make; an older layout there is replaced, anything else is kept and refused
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// How to compress the layers; gzip is for tools that cannot read zstd
    #[arg(long, default_value = "zstd", value_parser = PossibleValuesParser::new(["zstd", "gzip"])
        .try_map(|text| text.parse::<Compression>()))]
    compression: Compression,

    /// Refuse a program for another platform; the image's platform is always the program's
    #[arg(long, value_parser = PossibleValuesParser::new(["linux/amd64", "linux/arm64"])
        .try_map(|text| text.parse::<Platform>()))]
    platform: Option<Platform>,

    /// Annotate the manifest, as in `org.opencontainers.image.title=backend`; may be repeated; changes the digest
    #[arg(long = "annotation", value_name = "KEY=VALUE", value_parser = annotation)]
    annotations: Vec<(String, String)>,

    /// Print digest, size and platform as JSON
    #[arg(long)]
    json: bool,
}

fn annotation(text: &str) -> Result<(String, String), &'static str> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let spec = ImageSpec {
        binary: args.binary.clone(),
        ca_bundle: args.ca_bundle.clone(),
        platform: args.platform,
        compression: args.compression,
        annotations: args.annotations.iter().cloned().collect(),
    };
    let out = args.out.display();
    let built = build_image(&spec, &args.out).with_context(|| format!("building image `{out}`"))?;
    if args.json {
        return text::print_json(&built);
    }
    let mut text = String::new();
    writeln!(text, "built `{out}` for {}", built.platform)?;
    writeln!(text, "  digest  {}", built.digest)?;
    writeln!(text, "  size    {}", text::size(built.size))?;
    text::print(&text)
}

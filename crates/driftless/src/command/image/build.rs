//! `driftless image build`

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::Timestamp;
use oci::{Compression, ImageSpec, Platform, build_image};
use tempfile::NamedTempFile;

use crate::{
    command::show::{print, print_json, size},
    compile::packages,
};

const EXAMPLES: &str = "\
Examples:
  driftless image build --binary target/x86_64-unknown-linux-musl/release/backend \\
      --ca-bundle /etc/ssl/certs/ca-certificates.crt --out images/backend
  driftless image build --binary backend --ca-bundle ca.crt --out images/backend \\
      --platform linux/arm64 --compression gzip --json";

/// Build an image from one static program
///
/// The image contains the program as `/bin/app`, the CA bundle, `/etc/passwd`, `/etc/group` and `/tmp`. It runs as user 65532
/// and has no shell. The build is reproducible: the same inputs have the same digest, on any machine and at any time.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The program: a statically linked ELF file for Linux
    #[arg(long, value_name = "FILE")]
    binary: PathBuf,

    /// The CA certificates that the program trusts: a PEM file
    #[arg(long, value_name = "FILE")]
    ca_bundle: PathBuf,

    /// The directory to create; an existing image layout is replaced, anything else is an error
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Compression of the layers; use gzip for tools that cannot read zstd
    #[arg(long, default_value = "zstd", value_parser = PossibleValuesParser::new(["zstd", "gzip"])
        .try_map(|text| text.parse::<Compression>()))]
    compression: Compression,

    /// Fail if the program is for another platform; the image always has the platform of the program
    #[arg(long, value_parser = PossibleValuesParser::new(["linux/amd64", "linux/arm64"])
        .try_map(|text| text.parse::<Platform>()))]
    platform: Option<Platform>,

    /// Add a file, or a directory with all that is in it, as `/srv/assets=./assets`; may be repeated
    #[arg(long = "file", value_name = "PATH=FILE", value_parser = added)]
    files: Vec<(String, PathBuf)>,

    /// Add an annotation to the manifest, such as `org.opencontainers.image.title=backend`; changes the digest; may be
    /// repeated
    #[arg(long = "annotation", value_name = "KEY=VALUE", value_parser = annotation)]
    annotations: Vec<(String, String)>,

    /// Include in the program the list of what it was compiled from, in the format of `cargo auditable`: what
    /// `cargo tree --edges normal,build --charset ascii --format {p}` said of its package
    #[arg(long, value_name = "FILE", requires = "package")]
    cargo_tree: Option<PathBuf>,

    /// The Cargo package of the program
    #[arg(long, value_name = "NAME", requires = "cargo_tree")]
    package: Option<String>,

    /// When the image says that it was created: a time such as `2026-01-31T12:00:00Z`, or seconds such as
    /// `@$SOURCE_DATE_EPOCH`; changes the digest [default: it does not say]
    #[arg(long, value_name = "TIME", value_parser = created)]
    created: Option<String>,

    /// Print digest, size and platform as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn annotation(text: &str) -> Result<(String, String), &'static str> {
    let (key, value) = text.split_once('=').ok_or("`KEY=VALUE` is expected")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// A time, as the config of an image has it.
pub(super) fn created(text: &str) -> Result<String, &'static str> {
    let time = match text.strip_prefix('@') {
        Some(seconds) => seconds.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok()),
        None => text.parse().ok(),
    };
    time.map(|time| time.to_string()).ok_or("write it as 2026-01-31T12:00:00Z, or as @SECONDS since 1970")
}

/// A path in the image, and what is to be there.
pub(super) fn added(text: &str) -> Result<(String, PathBuf), &'static str> {
    match text.split_once('=') {
        Some((path, file)) if path.starts_with('/') && path.len() > 1 => Ok((path.to_owned(), file.into())),
        _ => Err("write it as /PATH/IN/THE/IMAGE=FILE"),
    }
}

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let carrying = args.carrying()?;
    let spec = ImageSpec {
        binary: carrying.as_ref().map_or(&*args.binary, |program| program.path()).to_owned(),
        ca_bundle: args.ca_bundle.clone(),
        platform: args.platform,
        compression: args.compression,
        files: args.files.iter().cloned().collect(),
        created: args.created.clone(),
        annotations: args.annotations.iter().cloned().collect(),
    };
    let built = build_image(&spec, &args.out).with_context(|| format!("building image `{}`", args.out.display()))?;
    show(&built, &args.out, args.json)
}

impl Args {
    /// The program with its list, if there is one.
    fn carrying(&self) -> anyhow::Result<Option<NamedTempFile>> {
        let (Some(tree), Some(package)) = (&self.cargo_tree, &self.package) else { return Ok(None) };
        let answer = fs::read_to_string(tree).with_context(|| format!("reading `{}`", tree.display()))?;
        packages::carrying(&self.binary, &packages::list(&answer, package)?).map(Some)
    }
}

/// Prints what was built as `out`.
pub(super) fn show(built: &oci::Image, out: &Path, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        print_json(SCHEMA, built)?;
        return Ok(ExitCode::SUCCESS);
    }
    let out = out.display();
    let mut text = String::new();
    writeln!(text, "built `{out}` for {}", built.platform)?;
    writeln!(text, "  digest  {}", built.digest)?;
    writeln!(text, "  size    {}", size(built.size))?;
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

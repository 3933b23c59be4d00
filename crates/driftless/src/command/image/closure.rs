//! `driftless image closure`

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use oci::{ClosureSpec, Compression, Execution, Platform, StorePath, build_closure};
use serde::Deserialize;

use super::build::{added, annotation, created, show};

/// Build an image from paths of the Nix store and all that they need
///
/// Every path is in the image once, in layers that images share: each of the most popular paths is alone in a layer, and so is each
/// of CONTENTS. The build is reproducible. Nix calls this command; it is of little use without.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  driftless image closure $web $python --closure closure.json --config start.json --ca-bundle ca.crt \\
      --platform linux/amd64 --layers 32 --out images/web")]
pub(super) struct Args {
    /// Paths whose `bin`, `etc` and so on are linked from the root of the image
    #[arg(value_name = "CONTENTS", required = true)]
    contents: Vec<PathBuf>,

    /// All paths and what each refers to, as `exportReferencesGraph` writes it: JSON
    #[arg(long, value_name = "FILE")]
    closure: PathBuf,

    /// How the image is started: JSON with `user`, `entrypoint`, `cmd`, `env` and `workingDir`
    #[arg(long, value_name = "FILE")]
    config: PathBuf,

    /// The CA certificates that the programs trust: a PEM file
    #[arg(long, value_name = "FILE")]
    ca_bundle: PathBuf,

    /// What the programs are for
    #[arg(long, value_parser = PossibleValuesParser::new(["linux/amd64", "linux/arm64"])
        .try_map(|text| text.parse::<Platform>()))]
    platform: Platform,

    /// Most layers
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u8).range(4..=120))]
    layers: u8,

    /// The directory to create; an existing image layout is replaced, anything else is an error
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Compression of the layers; use gzip for tools that cannot read zstd
    #[arg(long, default_value = "zstd", value_parser = PossibleValuesParser::new(["zstd", "gzip"])
        .try_map(|text| text.parse::<Compression>()))]
    compression: Compression,

    /// Add a file, or a directory with all that is in it, as `/srv/assets=./assets`; may be repeated
    #[arg(long = "file", value_name = "PATH=FILE", value_parser = added)]
    files: Vec<(String, PathBuf)>,

    /// Add an annotation to the manifest; changes the digest; may be repeated
    #[arg(long = "annotation", value_name = "KEY=VALUE", value_parser = annotation)]
    annotations: Vec<(String, String)>,

    /// When the image says that it was created, such as `2026-01-31T12:00:00Z`; changes the digest [default: it does not say]
    #[arg(long, value_name = "TIME", value_parser = created)]
    created: Option<String>,

    /// Print digest, size and platform as JSON
    #[arg(long)]
    json: bool,
}

/// The file of `--config`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Config {
    user: String,
    #[serde(default)]
    entrypoint: Vec<String>,
    #[serde(default)]
    cmd: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    working_dir: String,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let Config { user, entrypoint, cmd, env, working_dir } = read(&args.config)?;
    let env = env.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let spec = ClosureSpec {
        closure: read::<Vec<StorePath>>(&args.closure)?,
        contents: args.contents.clone(),
        files: args.files.iter().cloned().collect(),
        ca_bundle: args.ca_bundle.clone(),
        platform: args.platform,
        execution: Execution { user, env, entrypoint, cmd, working_dir },
        layers: args.layers.into(),
        compression: args.compression,
        created: args.created.clone(),
        annotations: args.annotations.iter().cloned().collect(),
    };
    let built = build_closure(&spec, &args.out).with_context(|| format!("building image `{}`", args.out.display()))?;
    show(&built, &args.out, args.json)
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let reading = || format!("reading `{}`", path.display());
    serde_json::from_slice(&oci::read_document(path)?).with_context(reading)
}

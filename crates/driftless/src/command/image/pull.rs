//! `driftless image pull`

use std::{path::PathBuf, process::ExitCode, time::Instant};

use registry::{self, Pulled, Reference};
use serde::Serialize;

use crate::command::{
    show::{parsed, print},
    transfer::{self, Access, Figures, Show},
};

/// Pull an image from a registry into a layout
///
/// Every digest is checked before the layout appears. An image of `driftless image build` is byte for byte the layout that was
/// pushed.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The image: `REGISTRY/REPOSITORY[:TAG][@DIGEST]`
    #[arg(value_parser = parsed::<Reference>)]
    reference: Reference,

    /// The directory to create; an existing image layout is replaced, anything else is an error
    layout: PathBuf,

    /// Which image to pull if there are several platforms; without it all of them are pulled
    #[arg(long, value_name = "OS/ARCHITECTURE")]
    platform: Option<String>,

    #[command(flatten)]
    access: Access,

    /// Print each event as a line of JSON
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
Examples:
  driftless image pull localhost:5000/items/backend:1 images/backend
  driftless image pull docker.io/library/alpine:3 alpine --platform linux/amd64

TLS is used unless the registry has a loopback address; write `http://HOST/…` for plain HTTP.

Exit codes: 0 pulled; 1 failed; 130 interrupted.";

/// The last line of JSON.
#[derive(Serialize)]
#[serde(tag = "type", rename = "summary")]
struct Summary {
    #[serde(flatten)]
    image: Pulled,
    #[serde(flatten)]
    figures: Figures,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let show = Show::new(args.json);
    let registry = args.access.registry(args.reference.endpoint.clone(), show.events())?;
    transfer::run(async {
        let started = Instant::now();
        let image = registry::pull(&registry, &args.reference, args.platform.as_deref(), &args.layout).await?;
        let figures = Figures::of(registry.traffic(), started);
        if !args.json {
            print(&image.digest.to_string())?;
        }
        let sentence = format!("pulled `{}`; {}", args.layout.display(), figures.words());
        show.finish(&Summary { image, figures }, &sentence)?;
        Ok(ExitCode::SUCCESS)
    })
}

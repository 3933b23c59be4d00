//! `driftless image pull`

use std::{path::PathBuf, process::ExitCode, time::Instant};

use serde::Serialize;

use crate::{
    command::{
        print::print,
        transfer::{self, Access, Figures, Show},
    },
    registry::{self, Pulled, Reference},
};

/// Pull an image from a registry into a layout
///
/// Every digest is checked before the layout appears. What was built by `driftless image build` comes back as it was.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// What to pull: `REGISTRY/REPOSITORY[:TAG][@DIGEST]`
    reference: Reference,

    /// Directory to make; an older layout there is replaced, anything else is kept and refused
    layout: PathBuf,

    /// Of an image for several platforms, pull only the one for this
    #[arg(long, value_name = "OS/ARCHITECTURE")]
    platform: Option<String>,

    #[command(flatten)]
    access: Access,

    /// Print what happens as one line of JSON each
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
Examples:
  driftless image pull localhost:5000/items/backend:1 images/backend
  driftless image pull docker.io/library/alpine:3 alpine --platform linux/amd64

A registry on this machine is spoken to in plain HTTP, others with TLS; write `http://HOST/…` to ask for plain HTTP.

Exit codes: 0 the layout is there and whole; 1 it is not; 130 interrupted.";

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
        let sentence = format!("pulled `{}`; {}", args.layout.display(), figures.told());
        show.finish(&Summary { image, figures }, &sentence)?;
        Ok(ExitCode::SUCCESS)
    })
}

//! `driftless image push`

use std::{path::PathBuf, process::ExitCode, time::Instant};

use anyhow::ensure;
use serde::Serialize;

use crate::{
    command::{
        print::print,
        push::{reference, sentence},
        transfer::{self, Access, Figures, Show},
    },
    registry::{self, Job, Pushed, Reference},
};

/// Push an image layout into a registry
///
/// Any layout of one image, or of one image for several platforms. Its bytes are sent as they are, so that the digest
/// in the registry is the layout's.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The layout's directory
    layout: PathBuf,

    /// Where to: `REGISTRY/REPOSITORY[:TAG]`; without a tag the image is known by its digest alone
    reference: Reference,

    #[command(flatten)]
    access: Access,

    /// Print what happens as one line of JSON each
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
Examples:
  driftless image push images/backend localhost:5000/items/backend:1
  driftless image push images/backend registry.example.com/items/backend --ca-cert ca.crt --json

A registry on this machine is spoken to in plain HTTP, others with TLS; write `http://HOST/…` to ask for plain HTTP.

Exit codes: 0 the image is in the registry; 1 it is not; 130 interrupted.";

/// The last line of JSON.
#[derive(Serialize)]
#[serde(tag = "type", rename = "summary")]
struct Summary<'a> {
    images: &'a [Pushed],
    #[serde(flatten)]
    figures: Figures,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let Reference { endpoint, repository, tag, digest } = args.reference.clone();
    ensure!(digest.is_none(), "a digest is not chosen but found\nhint: leave `@…` out of the reference");
    let show = Show::new(args.json);
    let registry = args.access.registry(endpoint, show.events())?;
    transfer::run(async {
        let started = Instant::now();
        let images = registry::push(&registry, &[Job { layout: args.layout.clone(), repository, tag }]).await?;
        let figures = Figures::of(registry.traffic(), started);
        if !args.json {
            for image in &images {
                print(&reference(registry.endpoint(), image).to_string())?;
            }
        }
        show.finish(&Summary { images: &images, figures }, &sentence(&images, &show, &figures))?;
        Ok(ExitCode::SUCCESS)
    })
}

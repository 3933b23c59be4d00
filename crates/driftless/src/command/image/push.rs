//! `driftless image push`

use std::{path::PathBuf, process::ExitCode, time::Instant};

use hint::ensure;
use registry::{self, Job, Pushed, Reference};
use serde::Serialize;

use crate::command::{
    show::{parsed, print},
    transfer::{self, Access, Figures, Show, reference, sentence},
};

/// Push an image layout to a registry
///
/// The layout contains one image, for one platform or several, from any tool. Its bytes are sent unchanged, so the image has
/// the same digest in the registry.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The directory of the layout
    layout: PathBuf,

    /// Where to push it: `REGISTRY/REPOSITORY[:TAG]`; without a tag the image has its digest only
    #[arg(value_parser = parsed::<Reference>)]
    reference: Reference,

    #[command(flatten)]
    access: Access,

    /// Print each event as a line of JSON
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
Examples:
  driftless image push images/backend localhost:5000/items/backend:1
  driftless image push images/backend registry.example.com/items/backend --ca-cert ca.crt --json

TLS is used unless the registry has a loopback address; write `http://HOST/…` for plain HTTP.

Exit codes: 0 pushed; 1 failed; 130 interrupted.";

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
    ensure!(
        digest.is_none(),
        "the target contains a digest, which is computed from the image",
        hint = "remove `@sha256:…` from the target"
    );
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

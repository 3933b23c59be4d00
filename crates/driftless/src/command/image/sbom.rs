//! `driftless image sbom`

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use registry::{self, Attachment, Reference, sbom};

use crate::command::show::{parsed, print};
use crate::command::transfer::{self, Access, Show};

/// Print the list of packages in an image (SBOM), as CycloneDX
///
/// From the data in its program, in the format of `cargo auditable`; programs that `driftless` and the flake build contain it. The
/// same image has the same list.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The directory of the layout
    layout: PathBuf,

    /// Do not print the list, but attach it to the image in this repository: `REGISTRY/REPOSITORY`
    #[arg(long, value_name = "REFERENCE", value_parser = parsed::<Reference>)]
    attach: Option<Reference>,

    #[command(flatten)]
    access: Access,
}

const AFTER_HELP: &str = "\
Examples:
  driftless image sbom images/backend > backend.cdx.json
  driftless image sbom images/backend --attach registry.example.com/items/backend

Exit codes: 0 printed or attached; 1 the program contains no list, or the registry refused it.";

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let list = args.list()?;
    let Some(reference) = &args.attach else {
        print(&String::from_utf8_lossy(&list.bytes))?;
        return Ok(ExitCode::SUCCESS);
    };
    let digest = oci::Layout::open(&args.layout)?.digest();
    let show = Show::new(false);
    let registry = args.access.registry(reference.endpoint.clone(), show.events())?;
    transfer::run(async {
        let attached = registry::attach(&registry, &reference.repository, &digest, &list).await;
        let attached = attached.with_context(|| format!("attaching the list of packages to `{reference}`"))?;
        print(&attached.to_string())?;
        Ok(ExitCode::SUCCESS)
    })
}

impl Args {
    fn list(&self) -> anyhow::Result<Attachment> {
        let Some(list) = sbom::of_program(&self.layout)? else {
            hint::bail!(
                "the program of `{}` contains no list of packages",
                self.layout.display(),
                hint = "build it with `driftless bundle`, Nix or `cargo auditable`"
            )
        };
        Ok(list)
    }
}

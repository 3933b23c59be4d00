//! `driftless image sbom`

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use model::project::Project;
use registry::{
    self, Attachment, Reference,
    sbom::{self, Sources},
};

use crate::command::show::{parsed, print};
use crate::command::transfer::{self, Access, Show};

/// Print the list of packages in an image (SBOM), as CycloneDX
///
/// From the data that `cargo auditable` puts into a program or, with --package, from the Cargo.lock of the project. The same
/// image has the same list.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The directory of the layout
    layout: PathBuf,

    /// List the packages that Cargo compiles into this package, from the project's Cargo.lock
    #[arg(long, value_name = "NAME")]
    package: Option<String>,

    /// Do not print the list, but attach it to the image in this repository: `REGISTRY/REPOSITORY`
    #[arg(long, value_name = "REFERENCE", value_parser = parsed::<Reference>)]
    attach: Option<Reference>,

    #[command(flatten)]
    access: Access,
}

const AFTER_HELP: &str = "\
Examples:
  driftless image sbom images/backend --package backend > backend.cdx.json
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
        if let Some(package) = &self.package {
            let project = Project::here()?;
            let sources = Sources { workspace: project.directory, package: package.clone() };
            return sbom::of_lock(&self.layout, &sources);
        }
        let Some(list) = sbom::of_program(&self.layout)? else {
            hint::bail!(
                "the program of `{}` contains no list of packages",
                self.layout.display(),
                hint = "build it with `cargo auditable`, or pass the name of its package with `--package`"
            )
        };
        Ok(list)
    }
}

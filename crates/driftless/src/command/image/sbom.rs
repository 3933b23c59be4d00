//! `driftless image sbom`

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, bail};

use super::text;
use crate::{
    command::transfer::{self, Access, Show},
    project::Project,
    registry::{self, Attachment, Reference},
    sbom::{self, Sources},
};

/// Print what an image's program was built of, as CycloneDX
///
/// From the list that `cargo auditable` puts into a program, or, with --package, from what Cargo.lock resolves to in the
/// project. The same image has the same list.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The layout's directory
    layout: PathBuf,

    /// Take the packages from the project's Cargo.lock, as cargo builds this package of them
    #[arg(long, value_name = "NAME")]
    package: Option<String>,

    /// Do not print the list but attach it to this image in a registry: `REGISTRY/REPOSITORY`
    #[arg(long, value_name = "REFERENCE")]
    attach: Option<Reference>,

    #[command(flatten)]
    access: Access,
}

const AFTER_HELP: &str = "\
Examples:
  driftless image sbom images/backend --package backend > backend.cdx.json
  driftless image sbom images/backend --attach registry.example.com/items/backend

Exit codes: 0 printed or attached; 1 the program holds no list, or the registry did not take it.";

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let list = args.list()?;
    let Some(reference) = &args.attach else {
        return text::print(&String::from_utf8_lossy(&list.bytes));
    };
    let digest = oci::Layout::open(&args.layout)?.digest();
    let show = Show::new(false);
    let registry = args.access.registry(reference.endpoint.clone(), show.events())?;
    transfer::run(async {
        let attached = registry::attach(&registry, &reference.repository, &digest, &list).await;
        let attached = attached.with_context(|| format!("attaching a list to `{reference}`"))?;
        text::print(&format!("{attached}\n"))
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
            bail!(
                "the program of `{}` does not say what it was built of\n\
                 hint: build it with `cargo auditable`, or name the package with `--package`",
                self.layout.display()
            )
        };
        Ok(list)
    }
}

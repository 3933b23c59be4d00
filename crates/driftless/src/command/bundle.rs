//! `driftless bundle`

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::ensure;
use clap::ValueEnum;
use model::{
    bundle::{self, Build, Bundle, Revision},
    progress,
    project::Project,
    stack::Stack,
};

use super::show::{print, print_document};
use crate::compile;

/// Build everything a deployment needs into one directory
///
/// Compiles every service of the project to a static binary with cargo, packs each into an image and writes
/// release.json, stack.json, images/<service>/ and terraform/<root>/. The digests depend on the sources and the toolchain alone.
///
/// With --stack, nothing is compiled: the bundle is made of images that were built before.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless bundle --out bundle                     build, and print the digest of each image
  driftless bundle --out bundle --json | jq .images
  driftless up --bundle bundle                      run it on this machine
  driftless bundle --out bundle --stack stack.json --image backend=images/backend --image frontend=images/frontend

Exit codes: 0 built, 1 it could not be built, 2 the command line is wrong.")]
pub(super) struct Args {
    /// Directory to make; an older bundle there is replaced in one step
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// The stack of a bundle of images that are there already; its Terraform roots are beside it
    #[arg(long, value_name = "FILE", requires = "images", conflicts_with_all = ["ca_bundle", "compression"])]
    stack: Option<PathBuf>,

    /// A service of that stack and the layout of its image, once for each service
    #[arg(long = "image", value_name = "SERVICE=LAYOUT", requires = "stack", value_parser = image)]
    images: Vec<(String, PathBuf)>,

    /// The commit that those images were built from; `-dirty` may follow its name [default: not known]
    #[arg(long, value_name = "COMMIT", requires = "stack", value_parser = str::parse::<Revision>)]
    revision: Option<Revision>,

    /// A file that pins what those images were built from, such as flake.lock, by its name: its digest is kept
    #[arg(long = "lock", value_name = "NAME=FILE", requires = "stack", value_parser = lock)]
    locks: Vec<(String, PathBuf)>,

    /// Certificates that the services trust, as PEM. If absent: Mozilla's, as pinned by this program
    #[arg(long, value_name = "FILE")]
    ca_bundle: Option<PathBuf>,

    /// How the layers are compressed: zstd for Fargate and current tools, gzip for older ones
    #[arg(long, value_enum, default_value_t)]
    compression: Compression,

    /// Print the release as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Compression {
    #[default]
    Zstd,
    Gzip,
}

fn image(text: &str) -> Result<(String, PathBuf), &'static str> {
    let (service, layout) = text.split_once('=').ok_or("write it as SERVICE=LAYOUT")?;
    Ok((service.to_owned(), layout.into()))
}

fn lock(text: &str) -> Result<(String, PathBuf), &'static str> {
    let (name, file) = text.split_once('=').ok_or("write it as NAME=FILE")?;
    Ok((name.to_owned(), file.into()))
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let bundle = match &args.stack {
        Some(file) => assemble(args, file)?,
        None => build(args)?,
    };
    if args.json {
        print_document(&bundle.release)?;
    } else {
        for (service, image) in &bundle.release.images {
            print(&format!("{service} {} {} {} bytes", image.digest, image.platform, image.size))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn assemble(args: &Args, file: &Path) -> anyhow::Result<Bundle> {
    let stack = Stack::read(file)?;
    let rendered = file.parent().unwrap_or(Path::new(""));
    let mut layouts = BTreeMap::new();
    for (service, layout) in &args.images {
        let before = layouts.insert(service.clone(), layout.clone());
        ensure!(before.is_none(), "`--image` names the service `{service}` twice");
    }
    let mut build = Build::of(args.revision.clone());
    for (name, file) in &args.locks {
        build = build.locked(name, file)?;
    }
    bundle::assemble(stack, rendered, &layouts, &build, &args.out)
}

fn build(args: &Args) -> anyhow::Result<Bundle> {
    let project = Project::here()?;
    let options = compile::Options {
        ca_bundle: args.ca_bundle.clone(),
        compression: match args.compression {
            Compression::Zstd => oci::Compression::Zstd,
            Compression::Gzip => oci::Compression::Gzip,
        },
    };
    compile::bundle(&project, &args.out, &options, &*progress::stderr())
}

//! `driftless push`

mod destination;

use std::{path::PathBuf, process::ExitCode, time::Instant};

use anyhow::ensure;
use futures_util::future::join_all;
use serde::Serialize;

use self::destination::Destination;
use super::{
    print::print,
    transfer::{self, Access, Figures, Show},
};
use crate::{
    build,
    bundle::Bundle,
    local::Place,
    project::Project,
    registry::{self, Endpoint, Job, Pushed, Reference, tag_of},
    sbom::{self, Sources},
};

/// Push the project's images into a registry
///
/// Builds the images, or takes those of a bundle. Every service's image goes to a repository of its own: the one that
/// Terraform made for it in ECR, or REGISTRY/SERVICE. Its tag is made of its digest. What the registry has is not sent
/// again: an image that is there costs one request. What an image was built of is attached to it, if that is known.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Push only these services
    services: Vec<String>,

    /// Push this bundle, made by `driftless bundle` or Nix, instead of building one
    #[arg(long, value_name = "DIR")]
    bundle: Option<PathBuf>,

    /// Registry, and what the names of the repositories begin with, such as `registry.example.com/items`
    /// [default: ECR of the AWS account]
    #[arg(long, value_name = "HOST[/PREFIX]", env = "DRIFTLESS_REGISTRY", hide_env_values = true)]
    registry: Option<String>,

    /// Tag for the images, instead of the first digits of each one's digest
    #[arg(long)]
    tag: Option<String>,

    #[command(flatten)]
    access: Access,

    /// Print what happens as one line of JSON each
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
Examples:
  driftless push
  driftless push --registry localhost:5000/items
  driftless push --registry registry.example.com/items --bundle bundle backend
  pass show registry | driftless push --registry registry.example.com/items --username ci --password-stdin

A registry on this machine is spoken to in plain HTTP, others with TLS; write `http://HOST` to ask for plain HTTP.

Exit codes: 0 all images are in the registry; 1 they are not; 130 interrupted. No tag names an image that is not whole.";

/// The last line of JSON.
#[derive(Serialize)]
#[serde(tag = "type", rename = "summary")]
struct Summary<'a> {
    images: &'a [Pushed],
    #[serde(flatten)]
    figures: Figures,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let show = Show::new(args.json);
    let (bundle, workspace) = args.bundle(&show)?;
    let (stack, services) = (&bundle.release.stack, args.services(&bundle)?);
    transfer::run(async {
        let to = Destination::of(args.registry.as_deref(), stack, &args.access, show.events()).await?;
        let (registry, jobs) = (&to.registry, args.jobs(&bundle, &services, &to)?);
        let started = Instant::now();
        let images = registry::push(registry, &jobs).await?;
        let lists = services.iter().zip(&jobs).zip(&images).filter(|(_, image)| !image.up_to_date);
        join_all(lists.map(|((service, job), image)| {
            let package = &stack.services[*service].package;
            let sources = workspace.clone().map(|workspace| Sources { workspace, package: package.clone() });
            sbom::attach(registry, &image.repository, &image.digest, &job.layout, sources)
        }))
        .await;
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

/// How a push ended, in words.
pub(super) fn sentence(images: &[Pushed], show: &Show, figures: &Figures) -> String {
    let current = images.iter().filter(|image| image.up_to_date).count();
    let (pushed, blobs) = (images.len() - current, show.blobs());
    let blobs = if blobs.is_empty() { blobs } else { format!("blobs: {blobs}; ") };
    format!("pushed {pushed} of {} images, {current} up to date; {blobs}{}", images.len(), figures.told())
}

/// An image by tag and digest: what a person pastes and what a machine runs.
pub(super) fn reference(endpoint: &Endpoint, image: &Pushed) -> Reference {
    let Pushed { repository, tag, digest, .. } = image.clone();
    Reference { endpoint: endpoint.clone(), repository, tag, digest: Some(digest) }
}

impl Args {
    /// What to push, and the workspace that it was built in, if that was now.
    fn bundle(&self, show: &Show) -> anyhow::Result<(Bundle, Option<PathBuf>)> {
        if let Some(directory) = &self.bundle {
            return Ok((Bundle::open(directory)?, None));
        }
        let project = Project::here()?;
        let place = Place::find(None)?;
        place.create()?;
        let bundle = build::bundle(&project, &place.bundle(), &build::Options::default(), show.progress())?;
        Ok((bundle, Some(project.directory)))
    }

    /// The services whose images are pushed.
    fn services<'a>(&self, bundle: &'a Bundle) -> anyhow::Result<Vec<&'a String>> {
        let images = &bundle.release.images;
        for service in &self.services {
            ensure!(
                images.contains_key(service),
                "service `{service}` has no image\nhint: there are {}",
                images.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            );
        }
        let wanted = |service: &&String| self.services.is_empty() || self.services.contains(service);
        Ok(images.keys().filter(wanted).collect())
    }

    fn jobs(&self, bundle: &Bundle, services: &[&String], to: &Destination) -> anyhow::Result<Vec<Job>> {
        let job = |service: &&String| {
            let tag = self.tag.clone().unwrap_or_else(|| tag_of(&bundle.release.images[*service].digest));
            Ok(Job { layout: bundle.layout(service), repository: to.repository(service)?, tag: Some(tag) })
        };
        services.iter().map(job).collect()
    }
}

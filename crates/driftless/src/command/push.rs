//! `driftless push`

mod destination;

use std::{path::PathBuf, process::ExitCode, time::Instant};

use model::{
    bundle::{self, Bundle},
    project::Project,
};
use registry::{self, By, Job, Origin, Pushed, signing::Signer, tag_of};
use serde::Serialize;

use self::destination::Destination;
use super::{
    data,
    show::print,
    transfer::{self, Access, Figures, Show, Signing, builder, private, reference, sentence},
};
use crate::{compile, pulled};

/// Push the project's images into a registry
///
/// Builds the images, or uses those of a bundle. Every service's image goes to its own repository: the one that
/// Terraform created for it in ECR, or REGISTRY/SERVICE. Its tag is made of its digest. What the registry has is not sent
/// again: an image that is there costs one request. What an image was built of is attached to it, if that is known.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Push only these services
    services: Vec<String>,

    /// Push this bundle, built by `driftless bundle` or Nix, instead of building one
    #[arg(long, value_name = "DIR", env = "DRIFTLESS_BUNDLE", hide_env_values = true)]
    bundle: Option<PathBuf>,

    /// Registry, and what the names of the repositories begin with, such as `registry.example.com/items`
    /// [default: ECR of the AWS account]
    #[arg(long, value_name = "HOST[/PREFIX]", env = "DRIFTLESS_REGISTRY", hide_env_values = true)]
    registry: Option<String>,

    /// Tag for the images, instead of the first digits of each one's digest
    #[arg(long)]
    tag: Option<String>,

    /// Sign the images with the private key in this file: PEM, PKCS #8, ECDSA over P-256. What they were built from and
    /// their lists of packages, if they are known, are signed, too [default: the key in KMS, if the foundation has one]
    #[arg(long, value_name = "FILE")]
    sign_key: Option<PathBuf>,

    #[command(flatten)]
    signing: Signing,

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
  driftless push --registry registry.example.com/items --sign-key key.pem
  driftless push --registry registry.example.com/items --sign-keyless
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
    let bundle = args.bundle(&show)?;
    let (stack, services) = (&bundle.release.stack, args.services(&bundle)?);
    let key = args.sign_key.as_deref().map(private).transpose()?;
    transfer::run(async {
        let to = Destination::of(args.registry.as_deref(), stack, &args.access, show.events()).await?;
        let registry = &to.registry;
        let jobs = args.jobs(&bundle, &services, &to)?;
        let builds = services.iter().map(|service| {
            // Of an image of another builder nothing is known.
            stack.services[*service].image.is_built_here().then_some(())?;
            let commit = bundle.build.revision.as_ref().map(|revision| (revision.commit.as_str(), revision.clean));
            Some(builder().build(&stack.project, service, commit, &bundle.build.locks))
        });
        let images = jobs.into_iter().zip(builds).map(|(job, build)| Origin { job, build }).collect();
        let started = Instant::now();
        let keyless = args.signing.keyless(args.access.trust()?).await?;
        let key = key.as_ref().map(|key| key as &dyn Signer).or(to.signer.as_deref());
        let signers: Vec<_> = key.map(By::Key).into_iter().chain(keyless.as_ref().map(By::Identity)).collect();
        let images = registry::publish(registry, images, &signers).await?;
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

impl Args {
    /// What to push.
    fn bundle(&self, show: &Show) -> anyhow::Result<Bundle> {
        if let Some(directory) = &self.bundle {
            return pulled::open(&bundle::for_environment(directory, None)?, show.progress());
        }
        let project = Project::here()?;
        let data = data::directory(None)?;
        data.create()?;
        let bundle = compile::bundle(&project, &data.bundle(), &compile::Options::default(), show.progress())?;
        pulled::complete(bundle, show.progress())
    }

    /// The services whose images are pushed.
    fn services<'a>(&self, bundle: &'a Bundle) -> anyhow::Result<Vec<&'a String>> {
        let images = &bundle.release.images;
        for service in &self.services {
            hint::ensure!(
                images.contains_key(service),
                "service `{service}` has no image",
                hint = "there are {}",
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

//! `driftless promote`

use std::{path::PathBuf, process::ExitCode};

use cloud::{Release, Site, deploy::Deployment, record::Kind};
use model::progress;

use super::{
    consent::{Consent, exit_codes},
    options::{self, Env, StateBucket, Terraform},
    releases,
};

/// Deploy what serves in one environment to another, by the same digests
///
/// The images are those that serve in the one; what the other one is, its configuration in the project or the bundle says.
#[derive(Debug, clap::Args)]
#[command(after_help = concat!("Examples:
  driftless promote dev prod", exit_codes!()))]
pub(in crate::command) struct Args {
    /// The environment whose release it is
    #[arg(value_name = "FROM")]
    from: String,

    /// The environment that gets it
    #[arg(value_name = "TO")]
    to: String,

    /// Use the configuration of this bundle [default: the project's]
    #[arg(long, value_name = "DIR", env = "DRIFTLESS_BUNDLE", hide_env_values = true)]
    bundle: Option<PathBuf>,

    #[command(flatten)]
    bucket: StateBucket,

    #[command(flatten)]
    program: Terraform,

    #[command(flatten)]
    consent: Consent,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let to = Env { env: Some(args.to.clone()), bundle: args.bundle.clone() };
    let (stack, roots) = (to.stack()?, to.roots()?);
    let site = Site::open(&stack, options::choice(&to, &args.bucket, &args.program)?, progress::stderr()).await?;
    let from = site.beside(&stack, &args.from)?;
    let record = from.serving().await?;
    from.attested(&record).await?;
    let (about, here) = (releases::about(&record), if to.bundle.is_some() { "bundle" } else { "project" });
    site.progress
        .note(&format!("the images of {about} of `{}`, the configuration of `{}` in this {here}", args.from, args.to));
    let release = Release::promoted(&record, stack, roots)?;
    let kind = Kind::Promote { from: args.from.clone(), number: record.number };
    let live = site.live().await?;
    let deployment = Deployment::new(&site, kind, release, live).await?;
    args.consent.deploy(&site, deployment).await
}

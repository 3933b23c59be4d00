//! `driftless promote`

use std::{path::PathBuf, process::ExitCode};

use cloud::{Release, Site, deploy::Deployment, record::Kind};
use model::progress;

use super::{
    consent::{Consent, exit_codes},
    options::{self, Env, StateBucket, Terraform},
};

/// Deploy what serves in one environment to another, by the same digests
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

    /// Use the stack of this bundle [default: the project's]
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
    let choice = options::choice(Some(args.to.clone()), &args.bucket, &args.program);
    let stack = Env { env: None, bundle: args.bundle.clone() }.stack()?;
    let site = Site::open(&stack, choice, progress::stderr()).await?;
    let from = site.beside(&stack, &args.from)?;
    let record = from.serving().await?;
    let release = Release::of_record(&from.records(), &record).await?;
    let kind = Kind::Promote { from: args.from.clone(), number: record.number };
    let live = site.live().await?;
    let deployment = Deployment::new(&site, kind, release, live).await?;
    args.consent.deploy(&site, deployment).await
}

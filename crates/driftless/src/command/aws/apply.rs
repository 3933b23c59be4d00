//! `driftless apply`

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::{
    consent::{Consent, exit_codes},
    options::Terraform,
};
use crate::pulled;
use cloud::{Choice, Site, deploy::saved::Kept};
use model::{bundle, progress};

/// Apply a plan saved by `driftless plan --out`
///
/// Exactly that plan: if the environment was changed since, nothing is done. The images are those of the bundle that is
/// named, or are in the registry already. Then watches the release and records it, as `deploy` does.
///
/// Control-C once lets Terraform finish what is in progress and releases the state lock; twice kills Terraform.
#[derive(Debug, clap::Args)]
#[command(after_help = concat!("Examples:
  driftless plan --env prod --bundle result --out plan
  driftless apply plan --bundle result             pushes its images first", exit_codes!()))]
pub(in crate::command) struct Args {
    /// The directory that `plan --out` made
    #[arg(value_name = "DIR")]
    plan: PathBuf,

    /// Push the images of this bundle first [default: they are in the registry already]
    #[arg(long, value_name = "DIR", env = "DRIFTLESS_BUNDLE", hide_env_values = true)]
    bundle: Option<PathBuf>,

    #[command(flatten)]
    program: Terraform,

    #[command(flatten)]
    consent: Consent,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let kept = Kept::open(&args.plan)?;
    let choice = Choice {
        environment: Some(kept.environment.clone()),
        bucket: Some(kept.bucket.clone()),
        terraform: args.program.terraform.clone(),
        roots: Some(args.plan.join(bundle::TERRAFORM)),
    };
    let site = Site::open(&kept.release.stack, choice, progress::stderr()).await?;
    site.progress.note(&site.words());
    let chosen = |directory: &Path| bundle::for_environment(directory, Some(&kept.environment));
    let bundle = args.bundle.as_deref().map(chosen).transpose()?;
    let bundle = bundle.map(|directory| pulled::open(&directory, site.progress.as_ref())).transpose()?;
    let consent = &args.consent;
    consent.recover(&site).await?;
    let options = consent.options(&site);
    let ending = Box::pin(kept.run(&site, bundle, &options, &|summary| consent.decide(summary))).await?;
    consent.report(&site, &ending)
}

//! `driftless deploy`

use std::process::ExitCode;

use super::{
    consent::{Consent, exit_codes},
    options::{Act, commit},
    tasks,
};
use cloud::{deploy::Deployment, record::Kind};
use model::bundle::Revision;

/// Deploy a release to an environment, and watch until it serves
///
/// Checks the account, pushes the images that are missing, plans, asks, applies, watches every service until the new
/// images serve, and records the release. If nothing changed, says so within seconds. Safe to run again after any
/// interruption: it continues from there.
///
/// Control-C once lets Terraform finish what is in progress and releases the state lock; twice kills Terraform.
#[derive(Debug, clap::Args)]
#[command(after_help = concat!("Examples:
  driftless deploy --env dev                       build, then deploy
  driftless deploy --env prod --bundle result      a bundle that was built elsewhere
  driftless deploy --env prod --yes --json         in a script", exit_codes!()))]
pub(in crate::command) struct Args {
    #[command(flatten)]
    place: Act,

    /// The commit that the bundle was built from, for the record [default: as the bundle says]
    #[arg(long, value_name = "COMMIT", value_parser = commit)]
    revision: Option<Revision>,

    #[command(flatten)]
    consent: Consent,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let site = args.place.site().await?;
    args.place.precheck(&site).await?;
    let live = site.live().await?;
    if let Some(live) = &live {
        tasks::refuse_paused(&site, live)?;
    }
    let release = args.place.release(&site, args.revision.as_ref()).await?;
    let deployment = Deployment::new(&site, Kind::Deploy, release, live).await?;
    args.consent.deploy(&site, deployment).await
}

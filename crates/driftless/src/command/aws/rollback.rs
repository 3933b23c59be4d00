//! `driftless rollback`

use std::process::ExitCode;

use anyhow::Context;
use cloud::{Release, deploy::Deployment, record::Kind};
use hint::Hint;

use super::{
    consent::{Consent, exit_codes},
    options::Act,
    releases,
};

/// Deploy an earlier release again
///
/// Its images by the same digests and its configuration, with the secrets of today: an ordinary deployment, planned,
/// shown, watched and recorded.
#[derive(Debug, clap::Args)]
#[command(after_help = concat!("Examples:
  driftless rollback --env prod            to the last one with other images or configuration
  driftless rollback 12 --env prod", exit_codes!()))]
pub(in crate::command) struct Args {
    /// Number of the release, as `driftless releases` lists it [default: the last live one with other
    /// images or another configuration than what serves]
    #[arg(value_name = "N")]
    number: Option<u32>,

    #[command(flatten)]
    place: Act,

    #[command(flatten)]
    consent: Consent,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let site = args.place.site().await?;
    let (records, name) = (site.records(), &site.environment);
    let live = site.live().await?;
    let record = if let Some(number) = args.number {
        records.get(number).await?
    } else {
        let serving = live.as_ref().ok_or_else(|| site.serves_nothing())?;
        let before = records.before(serving).await?;
        before
            .with_context(|| format!("`{name}` has no release before {} with other images", serving.number))
            .with_hint(|| format!("`driftless releases -e {name}` lists them: name one, or deploy another"))?
    };
    hint::ensure!(
        record.outcome.serves(),
        "release {} of `{name}` never served: {}",
        record.number,
        record.outcome.words(),
        hint = "`driftless releases -e {name}` lists those that did"
    );
    site.progress.note(&format!("back to {}", releases::about(&record)));
    let release = Release::of_record(&site, &record).await?;
    let deployment = Deployment::new(&site, Kind::Rollback { to: record.number }, release, live).await?;
    args.consent.deploy(&site, deployment).await
}

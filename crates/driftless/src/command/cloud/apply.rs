//! `driftless apply`

use std::process::ExitCode;

use super::args;
use crate::{bundle::Bundle, deploy::kept::Kept};

pub(super) async fn run(args: &args::Apply) -> anyhow::Result<ExitCode> {
    let kept = Kept::open(&args.plan)?;
    let mut place = args.place.clone();
    place.env = Some(kept.environment.clone());
    place.state_bucket = Some(kept.bucket.clone());
    let target = place.target_of(kept.release.stack.clone()).await?;
    target.progress.note(&target.words());
    let bundle = args.place.bundle.as_deref().map(Bundle::open).transpose()?;
    let consent = &args.consent;
    let ended = Box::pin(kept.release(&target, bundle, &consent.options(), &|summary| consent.decide(summary))).await?;
    consent.tell(&target, &ended)
}

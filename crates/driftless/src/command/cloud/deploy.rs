//! `driftless deploy`

use std::process::ExitCode;

use anyhow::ensure;

use super::args;
use crate::{deploy::Candidate, record::Kind, scale::is_paused};

pub(super) async fn run(args: &args::Deploy) -> anyhow::Result<ExitCode> {
    let source = args.place.source(args.revision.as_deref()).await?;
    let target = args.place.target_of(source.release.stack.clone()).await?;
    let candidate = Candidate::of(&target, Kind::Deploy, source).await?;
    ensure!(
        !is_paused(target.environment(), &candidate.variables.tasks),
        "`{0}` is paused: no task would run the release\nhint: `driftless resume -e {0}` first",
        target.name
    );
    args.consent.release(&target, candidate).await
}

//! What somebody changed in an environment without us.

use anyhow::Context;

use super::{Source, Target, release::open};
use crate::terraform::Drift;

/// Compares the environment's resources with Terraform's state, as the release that serves was told. Changes nothing.
pub async fn drift(target: &Target) -> anyhow::Result<Vec<Drift>> {
    let records = target.records();
    let live = records.live(None).await?.with_context(|| {
        format!("`{0}` has no release that serves\nhint: `driftless deploy -e {0}` first", target.name)
    })?;
    let source = Source::of_record(&records, &live).await?;
    let root = open(target, &source).await?;
    root.drift(Some(&live.variables), &*target.progress).await
}

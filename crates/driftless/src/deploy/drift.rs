//! What somebody changed in an environment without us.

use super::{Source, Target, release::open};
use crate::{record::Record, terraform::Drift};

/// Compares the environment's resources with Terraform's state, as `live`, the release that serves, was told. Changes
/// nothing.
pub async fn drift(target: &Target, live: &Record) -> anyhow::Result<Vec<Drift>> {
    let source = Source::of_record(&target.records(), live).await?;
    let root = open(target, &source).await?;
    root.drift(Some(&live.variables), &*target.progress).await
}

//! What an earlier command left, before this one changes anything.

use cloud::{
    Site,
    terraform::{self, Backend},
};

use crate::command::ask;

/// Waits for a Terraform that still runs on the root `name`, and writes to the bucket the state that an earlier one could not
/// write; asks before that, unless `yes`.
pub(super) async fn recover(site: &Site, backend: &Backend, name: &str, yes: bool) -> anyhow::Result<()> {
    terraform::settled(backend, name, &*site.progress).await?;
    let Some(unsaved) = terraform::unsaved(backend, name)? else { return Ok(()) };
    let since = unsaved.since.map(|since| format!(" since {since:.0}")).unwrap_or_default();
    let file = unsaved.file.display();
    site.progress.note(&format!("the last state of `{name}` is not in the bucket, but in `{file}`{since}"));
    if !yes && !ask::yes("write it to the bucket first?", "--yes")? {
        hint::bail!(
            "the last state of `{name}` stays in `{file}`; nothing was changed",
            hint = "without it, what it tells of would be made again"
        );
    }
    terraform::push(&site.terraform().await?, backend, name, &*site.progress).await
}

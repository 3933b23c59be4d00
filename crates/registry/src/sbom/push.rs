//! Pushes images with their lists of packages.

use futures_util::future::join_all;

use super::{Sources, attach};
use crate::{Job, Pushed, Registry};

/// Pushes images as [`crate::push()`] does, and [attaches](attach()) its list of packages to each image that was sent.
pub async fn push(registry: &Registry, images: Vec<(Job, Option<Sources>)>) -> anyhow::Result<Vec<Pushed>> {
    let (jobs, sources): (Vec<_>, Vec<_>) = images.into_iter().unzip();
    let pushed = crate::push(registry, &jobs).await?;
    let sent = pushed.iter().zip(&jobs).zip(sources).filter(|((image, _), _)| !image.up_to_date);
    join_all(
        sent.map(|((image, job), sources)| attach(registry, &image.repository, &image.digest, &job.layout, sources)),
    )
    .await;
    Ok(pushed)
}

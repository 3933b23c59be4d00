//! Who works on a root's state.

use anyhow::Context;

use crate::{aws::s3::Bucket, terraform::LockOwner};

/// A lock file in the state bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// The root whose state is locked.
    pub root: String,
    /// Who holds it.
    pub owner: LockOwner,
}

/// Takes `lock` away from its owner, if it is still the same.
pub async fn break_lock(bucket: &Bucket, held: &Lock) -> anyhow::Result<()> {
    let now = lock(bucket, &held.root).await?;
    hint::ensure!(
        now.as_ref().is_none_or(|now| now == held),
        "the lock of `{}` is another one now",
        held.root,
        hint = "look at it again"
    );
    let removed = bucket.delete(&key(&held.root)).await;
    removed.with_context(|| format!("unlocking `{}`", held.root))
}

fn key(root: &str) -> String {
    format!("{root}.tfstate.tflock")
}

/// The lock on `root`'s state, or none.
pub async fn lock(bucket: &Bucket, root: &str) -> anyhow::Result<Option<Lock>> {
    let doing = || format!("reading the lock of `{root}`");
    let Some(object) = bucket.get(&key(root)).await.with_context(doing)? else { return Ok(None) };
    let owner = LockOwner::of_file(&object.body).with_context(doing)?;
    Ok(Some(Lock { root: root.to_owned(), owner }))
}

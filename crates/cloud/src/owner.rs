//! Whose the state bucket is. Its name can be guessed, and whoever makes a bucket first has the name: with a policy that lets
//! everybody in, state and records would go there, and come back as somebody else wants them.

use crate::aws::{Error, s3::Bucket};

/// Whether `bucket` is there. An error where it is not its owner's.
pub(crate) async fn exists(bucket: &Bucket) -> anyhow::Result<bool> {
    match bucket.exists().await {
        Err(Error::Refused { refusal, .. }) if refusal.status() == 403 => hint::bail!(
            "the bucket `{}` is not one of account {}, or not one that these credentials may list; nothing was read from it or \
             written to it",
            bucket.name(),
            bucket.owner(),
            hint = "if somebody else has made it, choose another name with `--state-bucket`, and tell AWS; if it is yours, allow \
                    `s3:ListBucket` on it"
        ),
        other => Ok(other?),
    }
}

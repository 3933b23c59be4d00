//! The state bucket as a store of records.

use crate::{aws::s3::Bucket, owner, record::Store};

/// Records in a bucket. What exists there is never written again.
#[derive(Clone, Debug)]
pub struct BucketStore(pub Bucket);

impl Store for BucketStore {
    async fn keys(&self, prefix: &str) -> anyhow::Result<Vec<String>> {
        match self.0.list(prefix).await {
            Err(error) if error.code() == Some("NoSuchBucket") => hint::bail!(
                "there is no state bucket `{}`; nothing was changed",
                self.0.name(),
                hint = "`driftless bootstrap -e {}` makes it",
                prefix.split('/').nth(1).unwrap_or("ENVIRONMENT")
            ),
            Err(error) if error.code() == Some("AccessDenied") => {
                owner::exists(&self.0).await?;
                Err(error.into())
            }
            other => Ok(other?.into_iter().map(|entry| entry.key).collect()),
        }
    }

    async fn read(&self, key: &str) -> anyhow::Result<Option<Vec<u8>>> {
        Ok(self.0.get(key).await?.map(|object| object.body))
    }

    async fn create(&self, key: &str, body: Vec<u8>) -> anyhow::Result<bool> {
        Ok(self.0.put_new(key, body).await?)
    }
}

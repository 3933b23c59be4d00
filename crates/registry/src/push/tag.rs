//! The last step of a push: the manifest under its tag.

use anyhow::ensure;
use oci::StoredManifest;

use super::Push;
use crate::{blobs::DIGEST, error::Error, manifests::accept};

impl Push<'_> {
    /// Uploads the image's manifest, which moves the tag to it.
    pub(super) async fn publish(&self, image: &StoredManifest) -> anyhow::Result<()> {
        let put = || self.registry.put_manifest(&self.job.repository, &self.version, &image.media_type, &image.bytes);
        match self.registry.retrying(put).await {
            Ok(headers) if headers.contains_key(DIGEST) => Ok(()),
            // The response does not contain the digest.
            Ok(_) => self.confirm(image).await,
            Err(failure) if failure.is_of_immutable_tag() => self.taken(image, failure).await,
            Err(failure) => Err(failure.into()),
        }
    }

    async fn confirm(&self, image: &StoredManifest) -> anyhow::Result<()> {
        let found = self.named(image).await?;
        ensure!(
            found == Some(image.digest),
            "the registry has another manifest under `{}` than `{}`, which was sent",
            self.version,
            image.digest
        );
        Ok(())
    }

    /// The tag is immutable, which is fine if it already names this image.
    async fn taken(&self, image: &StoredManifest, failure: Error) -> anyhow::Result<()> {
        match self.named(image).await? {
            Some(found) if found == image.digest => Ok(()),
            Some(found) => hint::bail!(
                "tag `{}` cannot be moved from `{found}`: the tags of the repository are immutable",
                self.version,
                hint = "choose another tag, or none"
            ),
            None => Err(failure.into()),
        }
    }

    async fn named(&self, image: &StoredManifest) -> Result<Option<oci::Digest>, Error> {
        let accept = accept(&image.media_type);
        let ask = || self.registry.manifest_digest(&self.job.repository, &self.version, accept);
        self.registry.retrying(ask).await
    }
}

//! The last step: the manifest under its tag.

use anyhow::{bail, ensure};

use super::Push;
use crate::registry::{blobs::DIGEST, failure::Failure, manifests::accept, outbound::Manifest};

impl Push<'_> {
    /// Stores the image's manifest, and so moves the tag to it.
    pub(super) async fn publish(&self, image: &Manifest) -> anyhow::Result<()> {
        let put = || self.registry.put_manifest(&self.job.repository, &self.version, &image.media_type, &image.bytes);
        match self.registry.retrying(put).await {
            Ok(headers) if headers.contains_key(DIGEST) => Ok(()),
            // The registry did not say what it stored.
            Ok(_) => self.confirm(image).await,
            Err(failure) if is_taken(&failure) => self.taken(image, failure).await,
            Err(failure) => Err(failure.into()),
        }
    }

    async fn confirm(&self, image: &Manifest) -> anyhow::Result<()> {
        let found = self.named(image).await?;
        ensure!(
            found == Some(image.digest),
            "the registry has something else under `{}` than what was sent, `{}`",
            self.version,
            image.digest
        );
        Ok(())
    }

    /// The tag is immutable: fine if it is ours already.
    async fn taken(&self, image: &Manifest, failure: Failure) -> anyhow::Result<()> {
        match self.named(image).await? {
            Some(found) if found == image.digest => Ok(()),
            Some(found) => bail!(
                "tag `{}` names `{found}` and may not move: the repository's tags are immutable\n\
                 hint: choose another tag, or none",
                self.version
            ),
            None => Err(failure.into()),
        }
    }

    async fn named(&self, image: &Manifest) -> Result<Option<oci::Digest>, Failure> {
        let accept = accept(&image.media_type);
        let ask = || self.registry.manifest_digest(&self.job.repository, &self.version, accept);
        self.registry.retrying(ask).await
    }
}

/// ECR says `TAG_INVALID`, others 409 or a sentence with the word.
fn is_taken(failure: &Failure) -> bool {
    let Failure::Refused { said, status, .. } = failure else { return false };
    status.is_client_error()
        && (failure.has_code("TAG_INVALID")
            || status.as_u16() == 409
            || said.to_ascii_lowercase().contains("immutable"))
}

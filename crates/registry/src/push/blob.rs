//! Gets one blob into a repository: skip, mount or upload.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use oci::{Descriptor, Digest};
use tokio::sync::Semaphore;

use super::Push;
use crate::{
    Events, Transfer, TransferEvent,
    blobs::UploadStart,
    error::Error,
    upload::{Upload, Watch},
};

/// The repositories that are known to have each blob, and a limit on the transfers at the same time.
pub(super) struct BlobLocations {
    known: Mutex<BTreeMap<Digest, Arc<Location>>>,
    slots: Semaphore,
}

/// A repository that has the blob. It is locked while the blob is uploaded, so that two images do not upload the same.
type Location = tokio::sync::Mutex<Option<String>>;

impl BlobLocations {
    pub(super) fn new(parallel: usize) -> Self {
        Self { known: Mutex::default(), slots: Semaphore::new(parallel.max(1)) }
    }

    /// Records that `repository` has the blob, before any transfer starts.
    pub(super) fn note(&self, digest: Digest, repository: &str) {
        let location = Arc::new(Location::new(Some(repository.to_owned())));
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(digest, location);
    }

    fn of(&self, digest: Digest) -> Arc<Location> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).entry(digest).or_default().clone()
    }
}

impl Push<'_> {
    /// Gets `blob` into the repository.
    pub(super) async fn blob(&self, blob: &Descriptor, locations: &BlobLocations) -> Result<(), Error> {
        let location = locations.of(blob.digest);
        let mut location = location.lock().await;
        let _slot = locations.slots.acquire().await.expect("the semaphore is never closed");
        let (repository, digest, size) = (self.job.repository.clone(), blob.digest, blob.size);
        let watch = self.watch(blob);
        let attempt = || self.attempt(blob, location.as_deref(), watch.clone());
        let (transfer, from) = self.registry.retrying(attempt).await?;
        self.registry.report(TransferEvent::Blob { repository: repository.clone(), digest, size, transfer, from });
        *location = Some(repository);
        Ok(())
    }

    /// One attempt, from the check to the upload: after an error it is unknown what the registry has.
    async fn attempt(
        &self,
        blob: &Descriptor,
        known: Option<&str>,
        watch: Watch,
    ) -> Result<(Transfer, Option<String>), Error> {
        let (registry, repository, digest) = (self.registry, self.job.repository.as_str(), blob.digest);
        if registry.has_blob(repository, &digest).await? {
            return Ok((Transfer::Present, None));
        }
        let from = known.filter(|known| *known != repository);
        let session = match registry.start_upload(repository, &digest, from).await? {
            UploadStart::Mounted => return Ok((Transfer::Mounted, from.map(str::to_owned))),
            UploadStart::Session(session) => session,
        };
        registry.report(TransferEvent::BlobStarted { repository: repository.to_owned(), digest, size: blob.size });
        let upload = Upload { path: self.tree.blob_path(&digest), digest, size: blob.size, watch };
        registry.finish_upload(repository, session, Arc::new(upload)).await?;
        Ok((Transfer::Uploaded, None))
    }

    fn watch(&self, blob: &Descriptor) -> Watch {
        let (events, repository, digest): (Events, _, _) =
            (self.registry.events().clone(), self.job.repository.clone(), blob.digest);
        Watch::new(move |bytes| events.send(TransferEvent::BlobMoved { repository: repository.clone(), digest, bytes }))
    }
}

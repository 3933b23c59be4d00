//! Bringing one blob into a repository, by the cheapest way that works.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use oci::Digest;
use tokio::sync::Semaphore;

use super::Push;
use crate::registry::{
    Event, Events, Outcome,
    blobs::Begun,
    content::{Blob, Watch},
    document::Part,
    failure::Failure,
};

/// Where blobs are known to be in this registry, and how many may move at once.
pub(super) struct Places {
    known: Mutex<BTreeMap<Digest, Arc<Place>>>,
    room: Semaphore,
}

/// A repository that has the blob. Whoever brings the blob somewhere holds it, so that two images do not send the same.
type Place = tokio::sync::Mutex<Option<String>>;

impl Places {
    pub(super) fn new(parallel: usize) -> Self {
        Self { known: Mutex::default(), room: Semaphore::new(parallel.max(1)) }
    }

    /// Notes that `repository` has the blob; for the time before anything moves.
    pub(super) fn note(&self, digest: Digest, repository: &str) {
        let place = Arc::new(Place::new(Some(repository.to_owned())));
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(digest, place);
    }

    fn of(&self, digest: Digest) -> Arc<Place> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).entry(digest).or_default().clone()
    }
}

impl Push<'_> {
    /// Sees to it that the repository has `part`.
    pub(super) async fn blob(&self, part: &Part, places: &Places) -> Result<(), Failure> {
        let place = places.of(part.digest);
        let mut place = place.lock().await;
        let _room = places.room.acquire().await.expect("the semaphore is never closed");
        let (repository, digest, size) = (self.job.repository.clone(), part.digest, part.size);
        let watch = self.watch(part);
        let bring = || self.bring(part, place.as_deref(), watch.clone());
        let (outcome, from) = self.registry.retrying(bring).await?;
        self.registry.tell(Event::Blob { repository: repository.clone(), digest, size, outcome, from });
        *place = Some(repository);
        Ok(())
    }

    /// One attempt, from asking to sending: after a failure nobody knows what the registry has.
    async fn bring(
        &self,
        part: &Part,
        known: Option<&str>,
        watch: Watch,
    ) -> Result<(Outcome, Option<String>), Failure> {
        let (registry, repository, digest) = (self.registry, self.job.repository.as_str(), part.digest);
        if registry.has_blob(repository, &digest).await? {
            return Ok((Outcome::Present, None));
        }
        let from = known.filter(|known| *known != repository);
        let session = match registry.begin_upload(repository, &digest, from).await? {
            Begun::Mounted => return Ok((Outcome::Mounted, from.map(str::to_owned))),
            Begun::Session(session) => session,
        };
        registry.tell(Event::BlobStarted { repository: repository.to_owned(), digest, size: part.size });
        let blob = Blob { path: self.image.path(&digest), digest, size: part.size, watch };
        registry.finish_upload(repository, session, Arc::new(blob)).await?;
        Ok((Outcome::Uploaded, None))
    }

    fn watch(&self, part: &Part) -> Watch {
        let (events, repository, digest): (Events, _, _) =
            (self.registry.events().clone(), self.job.repository.clone(), part.digest);
        Watch::new(move |bytes| events.tell(Event::BlobMoved { repository: repository.clone(), digest, bytes }))
    }
}

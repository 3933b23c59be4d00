//! What happens during a push or pull, for whoever shows it.

use std::sync::Arc;

use oci::Digest;
use serde::Serialize;

/// Something that happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are named after what they hold")]
pub enum Event {
    /// A blob begins to move.
    BlobStarted { repository: String, digest: Digest, size: u64 },
    /// Bytes of it moved; not told twice when an upload is repeated.
    BlobMoved { repository: String, digest: Digest, bytes: u64 },
    /// A blob is where it should be.
    Blob {
        repository: String,
        digest: Digest,
        size: u64,
        outcome: Outcome,
        /// The repository it was mounted from.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<String>,
    },
    /// A manifest is where it should be.
    Manifest { repository: String, digest: Digest, outcome: Outcome },
    /// A document about an image is with it.
    Attached { repository: String, subject: Digest, digest: Digest, media_type: String },
    /// A step failed and is tried again.
    Retry { reason: String, pause_ms: u64 },
    /// Something did not work that the rest does not depend on.
    Warning { message: String },
}

/// How something came to be where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was there.
    Present,
    /// The registry took it from another repository.
    Mounted,
    /// It was sent.
    Uploaded,
    /// It was fetched.
    Downloaded,
}

/// Who is told of events; from any thread.
#[derive(Clone)]
pub struct Events(Arc<dyn Fn(Event) + Send + Sync>);

impl Events {
    /// Tells `observer`.
    pub fn new(observer: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(observer))
    }

    /// Tells nobody.
    pub fn none() -> Self {
        Self::new(|_| ())
    }

    pub(super) fn tell(&self, event: Event) {
        (self.0)(event);
    }
}

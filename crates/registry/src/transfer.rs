//! Events of a push or pull, for progress bars and logs.

use std::sync::Arc;

use oci::Digest;
use serde::Serialize;

/// Something that happened during a push or pull.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are named after what they hold")]
pub enum TransferEvent {
    /// The transfer of a blob started.
    BlobStarted { repository: String, digest: Digest, size: u64 },
    /// Bytes of a blob were transferred. Bytes that an attempt sends again are not reported again.
    BlobMoved { repository: String, digest: Digest, bytes: u64 },
    /// A blob is at its destination.
    Blob {
        repository: String,
        digest: Digest,
        size: u64,
        #[serde(rename = "outcome")]
        transfer: Transfer,
        /// The repository that it was mounted from.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<String>,
    },
    /// A manifest is at its destination.
    Manifest {
        repository: String,
        digest: Digest,
        #[serde(rename = "outcome")]
        transfer: Transfer,
    },
    /// A document that refers to an image was stored.
    Attached { repository: String, subject: Digest, digest: Digest, media_type: String },
    /// A step failed and is repeated after a pause.
    Retry { reason: String, pause_ms: u64 },
    /// Something failed that the rest does not depend on.
    Warning { message: String },
}

/// How a blob or manifest got to its destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Transfer {
    /// It existed there.
    Present,
    /// The registry linked it from another repository.
    Mounted,
    /// It was sent to the registry.
    Uploaded,
    /// It was fetched from the registry.
    Downloaded,
}

/// A callback for events, which is called from any thread.
#[derive(Clone)]
pub struct Events(Arc<dyn Fn(TransferEvent) + Send + Sync>);

impl Events {
    /// Calls `observer` with each event.
    pub fn new(observer: impl Fn(TransferEvent) + Send + Sync + 'static) -> Self {
        Self(Arc::new(observer))
    }

    /// Drops all events.
    pub fn none() -> Self {
        Self::new(|_| ())
    }

    pub(super) fn send(&self, event: TransferEvent) {
        (self.0)(event);
    }
}

//! The upload of a blob from a file, and how far it has come.

mod body;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use oci::Digest;

pub(super) use self::body::FileBody;

/// A blob that is sent from its file.
pub(super) struct Upload {
    pub(super) path: PathBuf,
    pub(super) digest: Digest,
    pub(super) size: u64,
    pub(super) watch: Watch,
}

/// Follows an upload: when it last moved, and how far it has come. Clones follow the same one.
#[derive(Clone)]
pub(super) struct Watch(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    moved: Box<dyn Fn(u64) + Send + Sync>,
}

struct State {
    last: Instant,
    /// Bytes of this attempt.
    sent: u64,
    /// Bytes of the attempt that came furthest: a bar does not go back.
    furthest: u64,
    damage: Option<String>,
}

impl Watch {
    /// Calls `moved` with the number of bytes that were sent for the first time.
    pub(super) fn new(moved: impl Fn(u64) + Send + Sync + 'static) -> Self {
        let state = State { last: Instant::now(), sent: 0, furthest: 0, damage: None };
        Self(Arc::new(Inner { state: Mutex::new(state), moved: Box::new(moved) }))
    }

    /// Starts a new attempt.
    pub(super) fn restart(&self) {
        self.with(|state| {
            state.last = Instant::now();
            state.sent = 0;
        });
    }

    pub(super) fn sent(&self, bytes: u64) {
        let new = self.with(|state| {
            state.last = Instant::now();
            state.sent += bytes;
            let new = state.sent.saturating_sub(state.furthest);
            state.furthest += new;
            new
        });
        if new > 0 {
            (self.0.moved)(new);
        }
    }

    /// When the upload last moved, and the bytes that this attempt has sent.
    pub(super) fn progress(&self) -> (Instant, u64) {
        self.with(|state| (state.last, state.sent))
    }

    /// Records that the file does not have its digest, or cannot be read.
    pub(super) fn damaged(&self, reason: String) {
        self.with(|state| state.damage = Some(reason));
    }

    /// What is wrong with the file, as the rest of a sentence about the blob.
    pub(super) fn damage(&self) -> Option<String> {
        self.with(|state| state.damage.clone())
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut State) -> T) -> T {
        // A panic elsewhere leaves numbers that are still numbers.
        use_it(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

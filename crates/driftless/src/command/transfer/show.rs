//! Progress of a push or pull: bars and lines on standard error, or lines of JSON on standard output.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use model::progress::{self, Progress, Step, Unit};
use oci::Digest;
use registry::{Events, Transfer, TransferEvent};
use serde::Serialize;

use crate::command::show::{self, print};

/// Version of the lines of JSON.
const SCHEMA: u32 = 1;

/// Smallest blob that has a progress bar, in bytes.
const LEAST_DRAWN: u64 = 1 << 20;

/// Bytes of a blob between two lines of JSON about its progress.
const LINE_EVERY: u64 = 8 << 20;

/// Prints the events of a push or pull.
#[derive(Clone)]
pub(in crate::command) struct Show(Arc<Shown>);

struct Shown {
    json: bool,
    progress: Arc<dyn Progress>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    steps: BTreeMap<(String, Digest), Step>,
    unsaid: BTreeMap<(String, Digest), u64>,
    counts: BTreeMap<&'static str, u64>,
}

/// A line of JSON.
#[derive(Serialize)]
struct Line<'a, T> {
    schema: u32,
    ts: Timestamp,
    #[serde(flatten)]
    event: &'a T,
}

impl Show {
    pub(in crate::command) fn new(json: bool) -> Self {
        Self::with(json, progress::stderr())
    }

    /// Draws it beside what else `progress` draws.
    #[cfg(feature = "aws")]
    pub(in crate::command) fn beside(progress: Arc<dyn Progress>) -> Self {
        Self::with(false, progress)
    }

    fn with(json: bool, progress: Arc<dyn Progress>) -> Self {
        Self(Arc::new(Shown { json, progress, state: Mutex::default() }))
    }

    /// The callback for a [`registry::Registry`].
    pub(in crate::command) fn events(&self) -> Events {
        let show = self.clone();
        Events::new(move |event| if show.0.json { show.line_of(event) } else { show.draw(event) })
    }

    /// Prints the result: `result` as a line of JSON, or `sentence`.
    pub(in crate::command) fn finish(&self, result: &impl Serialize, sentence: &str) -> anyhow::Result<()> {
        if self.0.json {
            return line(result);
        }
        self.0.progress.note(sentence);
        Ok(())
    }

    pub(in crate::command) fn progress(&self) -> &dyn Progress {
        self.0.progress.as_ref()
    }

    /// How the blobs were transferred, such as `2 sent, 1 mounted`.
    pub(in crate::command) fn blobs(&self) -> String {
        let state = self.state();
        let counts = ["sent", "mounted", "unchanged", "downloaded"].into_iter();
        let counts = counts.filter_map(|word| Some(format!("{} {word}", state.counts.get(word)?)));
        counts.collect::<Vec<_>>().join(", ")
    }

    fn line_of(&self, event: TransferEvent) {
        let event = match event {
            TransferEvent::BlobMoved { repository, digest, bytes } => {
                let mut state = self.state();
                let unsaid = state.unsaid.entry((repository.clone(), digest)).or_default();
                *unsaid += bytes;
                if *unsaid < LINE_EVERY {
                    return;
                }
                TransferEvent::BlobMoved { repository, digest, bytes: std::mem::take(unsaid) }
            }
            event => event,
        };
        // The reader of standard output has exited, which does not stop the transfer.
        let _ = line(&event);
    }

    fn draw(&self, event: TransferEvent) {
        let progress = &self.0.progress;
        let mut state = self.state();
        match event {
            TransferEvent::BlobStarted { repository, digest, size } if size >= LEAST_DRAWN => {
                let text = format!("transferring {} of `{repository}`", digest.short());
                // A second attempt continues the bar of the first.
                state.steps.entry((repository, digest)).or_insert_with(|| progress.bar(&text, size, Unit::Bytes));
            }
            TransferEvent::BlobMoved { repository, digest, bytes } => {
                if let Some(step) = state.steps.get(&(repository, digest)) {
                    step.advance(bytes);
                }
            }
            TransferEvent::Blob { repository, digest, size, transfer, .. } => {
                *state.counts.entry(word(transfer)).or_default() += 1;
                if let Some(step) = state.steps.remove(&(repository, digest)) {
                    step.done(&format!("{}, {}", word(transfer), show::size(size)));
                }
            }
            TransferEvent::Retry { reason, pause_ms } => progress.note(&format!("retrying in {pause_ms} ms: {reason}")),
            TransferEvent::Warning { message } => progress.note(&format!("warning: {message}")),
            TransferEvent::BlobStarted { .. } | TransferEvent::Manifest { .. } | TransferEvent::Attached { .. } => {}
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn line(event: &impl Serialize) -> anyhow::Result<()> {
    print(&serde_json::to_string(&Line { schema: SCHEMA, ts: Timestamp::now(), event })?)
}

fn word(transfer: Transfer) -> &'static str {
    match transfer {
        Transfer::Present => "unchanged",
        Transfer::Mounted => "mounted",
        Transfer::Uploaded => "sent",
        Transfer::Downloaded => "downloaded",
    }
}

//! Shows a transfer: as bars and sentences on standard error, or as lines of JSON on standard output.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use oci::Digest;
use serde::Serialize;

use crate::{
    command::{image::text, print::print, up::short},
    progress::{self, Progress, Step, Unit},
    registry::{Event, Events, Outcome},
};

/// Version of the lines of JSON.
const SCHEMA: u32 = 1;

/// Smaller blobs are not worth a bar.
const LEAST_DRAWN: u64 = 1 << 20;

/// Bytes of a blob between two lines of JSON about it.
const LINE_EVERY: u64 = 8 << 20;

/// Where the events of a transfer go.
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
        Self(Arc::new(Shown { json, progress: progress::stderr(), state: Mutex::default() }))
    }

    /// What a registry tells its events to.
    pub(in crate::command) fn events(&self) -> Events {
        let show = self.clone();
        Events::new(move |event| if show.0.json { show.line_of(event) } else { show.draw(event) })
    }

    /// Says how it ended: `result` as a line of JSON, or `sentence`.
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

    /// What became of the blobs, such as `2 sent, 1 mounted`.
    pub(in crate::command) fn blobs(&self) -> String {
        let state = self.state();
        let counts = ["sent", "mounted", "there already", "fetched"].into_iter();
        let counts = counts.filter_map(|word| Some(format!("{} {word}", state.counts.get(word)?)));
        counts.collect::<Vec<_>>().join(", ")
    }

    fn line_of(&self, event: Event) {
        let event = match event {
            Event::BlobMoved { repository, digest, bytes } => {
                let mut state = self.state();
                let unsaid = state.unsaid.entry((repository.clone(), digest)).or_default();
                *unsaid += bytes;
                if *unsaid < LINE_EVERY {
                    return;
                }
                Event::BlobMoved { repository, digest, bytes: std::mem::take(unsaid) }
            }
            event => event,
        };
        // Nobody reads the lines any more: no reason to stop working.
        let _ = line(&event);
    }

    fn draw(&self, event: Event) {
        let progress = &self.0.progress;
        let mut state = self.state();
        match event {
            Event::BlobStarted { repository, digest, size } if size >= LEAST_DRAWN => {
                let text = format!("moving {} of `{repository}`", short(&digest));
                // A second attempt goes on with the bar of the first.
                state.steps.entry((repository, digest)).or_insert_with(|| progress.bar(&text, size, Unit::Bytes));
            }
            Event::BlobMoved { repository, digest, bytes } => {
                if let Some(step) = state.steps.get(&(repository, digest)) {
                    step.advance(bytes);
                }
            }
            Event::Blob { repository, digest, size, outcome, .. } => {
                *state.counts.entry(word(outcome)).or_default() += 1;
                if let Some(step) = state.steps.remove(&(repository, digest)) {
                    step.done(&format!("{}, {}", word(outcome), text::size(size)));
                }
            }
            Event::Retry { reason, pause_ms } => progress.note(&format!("again in {pause_ms} ms: {reason}")),
            Event::Warning { message } => progress.note(&format!("warning: {message}")),
            Event::BlobStarted { .. } | Event::Manifest { .. } | Event::Attached { .. } => {}
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn line(event: &impl Serialize) -> anyhow::Result<()> {
    print(&serde_json::to_string(&Line { schema: SCHEMA, ts: Timestamp::now(), event })?)
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Present => "there already",
        Outcome::Mounted => "mounted",
        Outcome::Uploaded => "sent",
        Outcome::Downloaded => "fetched",
    }
}

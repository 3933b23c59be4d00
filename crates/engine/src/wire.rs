//! What engine and commands say to each other over the control socket.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

use hint::ErrorReport;
use model::progress::{Drawn, Progress, Step, Unit};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{report::Outcome, secrets::Secret};

/// `POST /release`: run what this bundle holds.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct ReleaseRequest {
    /// The bundle's directory, absolute.
    pub(super) bundle: PathBuf,
    /// Values of the secrets that the stack names.
    pub(super) secrets: BTreeMap<String, Secret>,
}

/// A line of the answer to `POST /release`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Event {
    /// A step began.
    Step { step: u64, text: String },
    /// A step of known length began.
    Bar { step: u64, text: String, length: u64, unit: Unit },
    /// A step went on.
    Advance { step: u64, count: u64 },
    /// What a step is at.
    Detail { step: u64, text: String },
    /// A step ended; without outcome if it was abandoned.
    End { step: u64, outcome: Option<String> },
    /// A sentence.
    Note { text: String },
    /// The release runs. The last line.
    Done { outcome: Outcome },
    /// It does not, and what ran before still does. The last line.
    Failed(ErrorReport),
}

/// Progress that is drawn at the other end of the socket.
pub(super) struct Remote {
    events: mpsc::UnboundedSender<Event>,
    steps: AtomicU64,
}

impl Remote {
    pub(super) fn new(events: mpsc::UnboundedSender<Event>) -> Self {
        Self { events, steps: AtomicU64::new(0) }
    }

    fn begin(&self, event: impl FnOnce(u64) -> Event) -> Step {
        let step = self.steps.fetch_add(1, Ordering::Relaxed);
        say(&self.events, event(step));
        Step::drawn(RemoteStep { events: self.events.clone(), step })
    }
}

impl Progress for Remote {
    fn step(&self, text: &str) -> Step {
        self.begin(|step| Event::Step { step, text: text.to_owned() })
    }

    fn bar(&self, text: &str, length: u64, unit: Unit) -> Step {
        self.begin(|step| Event::Bar { step, text: text.to_owned(), length, unit })
    }

    fn note(&self, text: &str) {
        say(&self.events, Event::Note { text: text.to_owned() });
    }
}

struct RemoteStep {
    events: mpsc::UnboundedSender<Event>,
    step: u64,
}

impl Drawn for RemoteStep {
    fn advance(&self, count: u64) {
        say(&self.events, Event::Advance { step: self.step, count });
    }

    fn detail(&self, text: &str) {
        say(&self.events, Event::Detail { step: self.step, text: text.to_owned() });
    }

    fn end(&self, outcome: Option<&str>) {
        say(&self.events, Event::End { step: self.step, outcome: outcome.map(str::to_owned) });
    }
}

fn say(events: &mpsc::UnboundedSender<Event>, event: Event) {
    // Whoever asked has gone; the release goes on.
    let _ = events.send(event);
}

/// Draws the events that come from the other end.
pub(super) struct Replay<'a> {
    progress: &'a dyn Progress,
    steps: BTreeMap<u64, Step>,
}

impl<'a> Replay<'a> {
    pub(super) fn new(progress: &'a dyn Progress) -> Self {
        Self { progress, steps: BTreeMap::new() }
    }

    /// Draws `event`. Gives the result if it is the last one.
    pub(super) fn draw(&mut self, event: Event) -> Option<Result<Outcome, ErrorReport>> {
        match event {
            Event::Step { step, text } => _ = self.steps.insert(step, self.progress.step(&text)),
            Event::Bar { step, text, length, unit } => {
                _ = self.steps.insert(step, self.progress.bar(&text, length, unit));
            }
            Event::Advance { step, count } => self.steps.get(&step).into_iter().for_each(|step| step.advance(count)),
            Event::Detail { step, text } => self.steps.get(&step).into_iter().for_each(|step| step.detail(&text)),
            Event::End { step, outcome } => {
                if let (Some(step), Some(outcome)) = (self.steps.remove(&step), outcome) {
                    step.done(&outcome);
                }
            }
            Event::Note { text } => self.progress.note(&text),
            Event::Done { outcome } => return Some(Ok(outcome)),
            Event::Failed(report) => return Some(Err(report)),
        }
        None
    }
}

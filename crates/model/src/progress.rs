//! Progress: what commands say while they work. They emit steps; this module draws them, always on standard error.
//!
//! On a terminal a step is a spinner or a bar; elsewhere it is a line when it begins and one when it ends. Results do
//! not belong here: they go to standard output.
//!
//! ```
//! use model::progress::{Progress, Silent, Unit};
//!
//! fn pack(events: &dyn Progress, files: &[&str]) {
//!     let step = events.bar("packing `backend`", files.len() as u64, Unit::Count);
//!     for file in files {
//!         step.detail(file);
//!         step.advance(1);
//!     }
//!     step.done("3 files");
//! }
//! pack(&Silent, &["a", "b", "c"]);
//! ```

mod plain;
mod terminal;

use std::{io, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use crate::palette::can_draw;

pub use plain::Plain;
pub use terminal::Terminal;

/// What the length of a step is counted in.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Bytes; drawn as MiB with a speed.
    Bytes,
    /// Things; drawn as `3/7`.
    Count,
}

/// Where a command says what it does. Steps may overlap and may be used from any thread.
pub trait Progress: Send + Sync {
    /// Begins a step of unknown length, drawn as a spinner. `text` says what is being done: ``building `backend` ``.
    fn step(&self, text: &str) -> Step;

    /// Begins a step of `length` units, drawn as a bar that [`Step::advance`] fills.
    fn bar(&self, text: &str, length: u64, unit: Unit) -> Step;

    /// Says one sentence, at once.
    fn note(&self, text: &str);
}

/// A step that has begun. Dropping it without [`Step::done`] says that it was not finished, in no words: the error
/// that follows has them.
pub struct Step {
    drawn: Option<Box<dyn Drawn>>,
}

/// How a kind of [`Progress`] draws one step.
pub trait Drawn: Send + Sync {
    /// Moves the bar by `count` of the step's unit.
    fn advance(&self, count: u64);
    /// Shows what the step is at.
    fn detail(&self, text: &str);
    /// Ends the step; `outcome` is none if it was abandoned.
    fn end(&self, outcome: Option<&str>);
}

impl Step {
    /// A step that `drawn` shows.
    pub fn drawn(drawn: impl Drawn + 'static) -> Self {
        Self { drawn: Some(Box::new(drawn)) }
    }

    /// Moves the bar by `count` of the step's unit.
    pub fn advance(&self, count: u64) {
        if let Some(drawn) = &self.drawn {
            drawn.advance(count);
        }
    }

    /// Shows what the step is at, such as the file being read. Drawn on terminals alone; may be called often.
    pub fn detail(&self, text: &str) {
        if let Some(drawn) = &self.drawn {
            drawn.detail(text);
        }
    }

    /// Ends the step. `outcome` is a few words worth keeping, drawn after the step's text (`3.9 MiB`), or empty.
    pub fn done(mut self, outcome: &str) {
        if let Some(drawn) = self.drawn.take() {
            drawn.end(Some(outcome));
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(drawn) = self.drawn.take() {
            drawn.end(None);
        }
    }
}

/// Says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _text: &str) -> Step {
        Step { drawn: None }
    }

    fn bar(&self, _text: &str, _length: u64, _unit: Unit) -> Step {
        Step { drawn: None }
    }

    fn note(&self, _text: &str) {}
}

/// Progress on standard error, as fits what it is connected to.
pub fn stderr() -> Arc<dyn Progress> {
    if can_draw(&io::stderr()) { Arc::new(Terminal::new()) } else { Arc::new(Plain::default()) }
}

/// Seconds below this are noise beside a finished step.
const WORTH_TELLING: Duration = Duration::from_secs(2);

/// A finished step in words, with the time that it took if that was long.
fn finished(text: &str, outcome: &str, took: Duration) -> String {
    let separator = if outcome.is_empty() { "" } else { ": " };
    let time = if took >= WORTH_TELLING { format!(" ({})", spoken(took)) } else { String::new() };
    format!("{text}{separator}{outcome}{time}")
}

/// A duration as people say it: `0.4 s`, `12 s`, `3 min 5 s`.
pub fn spoken(duration: Duration) -> String {
    match duration.as_secs() {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        seconds @ 10..60 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finished_step_has_its_outcome_and_a_long_time() {
        let long = Duration::from_secs(125);
        assert_eq!(finished("packing", "3 files", Duration::from_millis(300)), "packing: 3 files");
        assert_eq!(finished("compiling", "", long), "compiling (2 min 5 s)");
        assert_eq!(finished("compiling", "2 programs", Duration::from_secs(12)), "compiling: 2 programs (12 s)");
    }
}

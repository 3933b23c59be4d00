//! A rollout as lines: one for each event.

use std::{
    io::{self, Write},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use model::text::harmless;

use super::Show;
use crate::rollout::{Event, Verdict};

/// Writes a line for each event: minutes and seconds since the beginning, the service, what happened.
pub struct Lines<W> {
    width: usize,
    out: Mutex<W>,
}

impl Lines<io::Stderr> {
    /// On standard error, for services with such names.
    pub fn stderr<'a>(services: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(services, io::stderr())
    }
}

impl<W: Write> Lines<W> {
    /// Elsewhere.
    pub fn new<'a>(services: impl IntoIterator<Item = &'a str>, out: W) -> Self {
        let width = services.into_iter().map(str::len).max().unwrap_or_default();
        Self { width, out: Mutex::new(out) }
    }

    /// What was written to.
    pub fn into_inner(self) -> W {
        self.out.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, service: &str, after: Duration, words: &str, details: &[String]) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        // That nobody reads any more is no reason to stop watching.
        let _ = writeln!(out, "{}", line(self.width, service, after, words));
        for detail in details {
            let _ = writeln!(out, "{:indent$}{}", "", harmless(detail), indent = self.width + 11);
        }
    }
}

impl<W: Write + Send> Show for Lines<W> {
    fn event(&self, service: &str, after: Duration, event: &Event) {
        self.say(service, after, &event.words(), &event.details());
    }

    fn verdict(&self, service: &str, after: Duration, verdict: &Verdict) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(out, "{}", ended(self.width, service, after, verdict));
    }
}

/// The last line of a service.
pub(super) fn ended(width: usize, service: &str, after: Duration, verdict: &Verdict) -> String {
    let mark = if verdict.outcome().serves() { "✓" } else { "✗" };
    line(width, service, after, &format!("{mark} {}", verdict.words()))
}

pub(super) fn line(width: usize, service: &str, after: Duration, words: &str) -> String {
    let seconds = after.as_secs();
    format!("{:>4}:{:02}  {service:width$}  {}", seconds / 60, seconds % 60, harmless(words))
}

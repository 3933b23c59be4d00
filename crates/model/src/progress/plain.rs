//! Progress as lines, for pipes and log files.

use std::{
    io::{self, Write},
    time::Instant,
};

use super::{Drawn, Progress, Step, Unit, WORTH_TELLING, finished};
use crate::text::harmless_lines;

/// A line when a step begins, and one when it ends.
#[derive(Debug, Default)]
pub struct Plain {}

impl Progress for Plain {
    fn step(&self, text: &str) -> Step {
        say(text);
        Step::drawn(Begun { text: text.to_owned(), at: Instant::now() })
    }

    fn bar(&self, text: &str, _length: u64, _unit: Unit) -> Step {
        self.step(text)
    }

    fn note(&self, text: &str) {
        say(text);
    }
}

struct Begun {
    text: String,
    at: Instant,
}

impl Drawn for Begun {
    fn advance(&self, _count: u64) {}

    fn detail(&self, _text: &str) {}

    fn end(&self, outcome: Option<&str>) {
        let took = self.at.elapsed();
        let Some(outcome) = outcome.filter(|outcome| !outcome.is_empty() || took >= WORTH_TELLING) else { return };
        say(&finished(&self.text, outcome, took));
    }
}

fn say(line: &str) {
    // Nobody reads standard error any more: no reason to stop working.
    let _ = writeln!(io::stderr().lock(), "{}", harmless_lines(line));
}

//! Progress as lines, for pipes and log files.

use std::{
    io::{self, Write},
    time::Instant,
};

use super::{Drawn, Progress, Step, Unit, timed};

/// A line when a step begins, and one when it ends.
#[derive(Debug, Default)]
pub struct Plain {}

impl Progress for Plain {
    fn step(&self, text: &str) -> Step {
        say(text);
        Step::drawn(Begun { at: Instant::now() })
    }

    fn bar(&self, text: &str, _length: u64, _unit: Unit) -> Step {
        self.step(text)
    }

    fn note(&self, text: &str) {
        say(text);
    }
}

struct Begun {
    at: Instant,
}

impl Drawn for Begun {
    fn advance(&self, _count: u64) {}

    fn detail(&self, _text: &str) {}

    fn end(&self, text: Option<&str>) {
        if let Some(text) = text {
            say(&timed(text, self.at.elapsed()));
        }
    }
}

fn say(line: &str) {
    // Nobody reads standard error any more: no reason to stop working.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

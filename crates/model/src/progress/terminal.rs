//! Progress as spinners and bars, for terminals.

use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Drawn, Progress, Step, Unit, finished};
use crate::text::{harmless, harmless_lines};

const TICK: Duration = Duration::from_millis(100);

/// Spinners and bars, one line for each step; a finished one becomes a line that stays.
pub struct Terminal {
    lines: MultiProgress,
}

impl Terminal {
    /// Draws on standard error.
    #[expect(clippy::new_without_default, reason = "it takes hold of standard error")]
    pub fn new() -> Self {
        Self { lines: MultiProgress::with_draw_target(ProgressDrawTarget::stderr()) }
    }

    fn begin(&self, bar: ProgressBar, text: &str) -> Step {
        let bar = self.lines.add(bar.with_prefix(harmless(text).into_owned()));
        bar.enable_steady_tick(TICK);
        Step::drawn(Line { lines: self.lines.clone(), bar, text: text.to_owned(), at: Instant::now() })
    }
}

impl Progress for Terminal {
    fn step(&self, text: &str) -> Step {
        self.begin(ProgressBar::new_spinner().with_style(style(None)), text)
    }

    fn bar(&self, text: &str, length: u64, unit: Unit) -> Step {
        self.begin(ProgressBar::new(length).with_style(style(Some(unit))), text)
    }

    fn note(&self, text: &str) {
        print(&self.lines, text);
    }
}

struct Line {
    lines: MultiProgress,
    bar: ProgressBar,
    text: String,
    at: Instant,
}

impl Drawn for Line {
    fn advance(&self, count: u64) {
        self.bar.inc(count);
    }

    fn detail(&self, text: &str) {
        self.bar.set_message(harmless(text).into_owned());
    }

    fn end(&self, outcome: Option<&str>) {
        self.bar.finish_and_clear();
        self.lines.remove(&self.bar);
        match outcome {
            None => print(&self.lines, &format!("✗ {}", self.text)),
            Some(outcome) => print(&self.lines, &format!("✓ {}", finished(&self.text, outcome, self.at.elapsed()))),
        }
    }
}

fn print(lines: &MultiProgress, text: &str) {
    // Nobody looks at the terminal any more: no reason to stop working.
    let _ = lines.println(harmless_lines(text));
}

fn style(unit: Option<Unit>) -> ProgressStyle {
    let template = match unit {
        None => "{spinner} {prefix} {wide_msg}",
        Some(Unit::Bytes) => {
            "{spinner} {prefix} [{bar:24}] {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {wide_msg}"
        }
        Some(Unit::Count) => "{spinner} {prefix} [{bar:24}] {pos}/{len} {wide_msg}",
    };
    ProgressStyle::with_template(template)
        .expect("the templates above are well-formed")
        .tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")
        .progress_chars("━╸ ")
}

//! A rollout on a terminal: a live line for each service, and above them a line for each event.

use std::{collections::BTreeMap, time::Duration};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::{palette::Palette, text::harmless};

use super::{
    Show,
    lines::{ended, line},
};
use crate::rollout::{Event, Verdict};

const TICK: Duration = Duration::from_millis(120);

/// Draws on standard error.
pub struct Table {
    all: MultiProgress,
    bars: BTreeMap<String, ProgressBar>,
    width: usize,
}

impl Table {
    /// For services with such names.
    pub fn stderr<'a>(services: impl IntoIterator<Item = &'a str>) -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{spinner} {elapsed_precise} {prefix}  {wide_msg}")
            .expect("the template is well-formed")
            .tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ");
        let services: Vec<_> = services.into_iter().collect();
        let width = services.iter().map(|name| name.len()).max().unwrap_or_default();
        let bar = |name: &str| {
            let bar =
                all.add(ProgressBar::new_spinner().with_style(style.clone()).with_prefix(format!("{name:width$}")));
            bar.enable_steady_tick(TICK);
            (name.to_owned(), bar)
        };
        let bars = services.into_iter().map(bar).collect();
        Self { all, bars, width }
    }

    fn print(&self, text: &str) {
        // Nobody looks at the terminal any more: no reason to stop watching.
        let _ = self.all.println(text);
    }
}

impl Show for Table {
    fn event(&self, service: &str, after: Duration, event: &Event) {
        self.print(&line(self.width, service, after, &event.words()));
        for detail in event.details() {
            self.print(&format!("{:indent$}{}", "", harmless(&detail), indent = self.width + 11));
        }
    }

    fn waiting(&self, service: &str, _after: Duration, what: &str) {
        if let Some(bar) = self.bars.get(service) {
            bar.set_message(harmless(&format!("waiting for {what}")).into_owned());
        }
    }

    fn verdict(&self, service: &str, after: Duration, verdict: &Verdict) {
        let (line, palette) = (ended(self.width, service, after, verdict), Palette::stderr());
        self.print(&line.replacen('✓', &palette.good("✓"), 1).replacen('✗', &palette.bad("✗"), 1));
        if let Some(bar) = self.bars.get(service) {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        self.bars.values().for_each(ProgressBar::finish_and_clear);
    }
}

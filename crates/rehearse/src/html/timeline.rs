//! When tasks ran, a bar each.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::life::Seen;

/// Width of the drawing, height of a bar with its gap, room for the names: in the units of the drawing.
const WIDTH: f64 = 900.0;
const ROW: f64 = 22.0;
const NAMES: f64 = 150.0;

/// A task's times, in seconds.
struct Bar<'a> {
    name: String,
    begin: f64,
    /// In which state from when on.
    states: Vec<(f64, &'a str)>,
    end: Option<f64>,
}

pub(super) fn drawn(seen: &[Seen]) -> Markup {
    let last = seen.last().map_or(1.0, |seen| seen.seconds).max(1.0);
    let first = seen.first().map_or(0.0, |seen| seen.seconds);
    let bars = bars(seen);
    let height = ROW * f64::from(u32::try_from(bars.len()).unwrap_or(u32::MAX)) + 24.0;
    let x = |seconds: f64| NAMES + (seconds - first) / (last - first).max(1.0) * (WIDTH - NAMES);
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label="When each task ran" {
            @for (at, bar) in bars.iter().enumerate() {
                @let y = ROW * f64::from(u32::try_from(at).unwrap_or(u32::MAX));
                text x="0" y=(y + 14.0) { (bar.name) }
                @for (number, (from, state)) in bar.states.iter().enumerate() {
                    @let to = bar.states.get(number + 1).map(|(next, _)| *next).or(bar.end).unwrap_or(last);
                    rect.(state) x=(x(*from)) y=(y + 3.0) width=((x(to) - x(*from)).max(2.0)) height=(ROW - 8.0) {
                        title { (bar.name) ": " (state) " for " (format!("{:.1}", to - from)) " s" }
                    }
                }
            }
            text x=(NAMES) y=(height - 6.0) { "0 s" }
            text x=(WIDTH) y=(height - 6.0) text-anchor="end" { (format!("{:.0} s", last - first)) }
        }
        p.legend {
            span.started { "started" } " " span.healthy { "healthy" } " " span.unhealthy { "unhealthy" } " " span.stopping { "draining, stopping" }
        }
    }
}

fn bars(seen: &[Seen]) -> Vec<Bar<'_>> {
    let mut bars = BTreeMap::<&str, Bar<'_>>::new();
    for one in seen {
        let short = one.task.get(..6).unwrap_or(&one.task);
        let bar = bars.entry(&one.task).or_insert_with(|| Bar {
            name: format!("{} {short}", one.service),
            begin: one.seconds,
            states: Vec::new(),
            end: None,
        });
        match one.state {
            "ended" => bar.end = Some(one.seconds),
            state => bar.states.push((one.seconds, state)),
        }
    }
    let mut bars: Vec<_> = bars.into_values().collect();
    bars.sort_by(|one, other| one.begin.total_cmp(&other.begin));
    bars
}

//! Reads on in a log of CloudWatch.

use std::collections::BTreeSet;

use cloud::aws::{
    Error,
    logs::{Event, Filter, Logs},
};

/// Lines may come in late, and out of order; this far back is looked again, in milliseconds.
const LATE: i64 = 10_000;

/// A log, and how far it was read.
pub(super) struct Follow {
    filter: Filter,
    seen: BTreeSet<(i64, String, String)>,
    missing: bool,
}

impl Follow {
    pub(super) fn new(filter: Filter) -> Self {
        Self { filter, seen: BTreeSet::new(), missing: false }
    }

    /// What is new in it. A log that is not there yet has nothing.
    pub(super) async fn more(&mut self, logs: &Logs) -> Result<Vec<Event>, Error> {
        let found = logs.filter(&self.filter).await;
        self.missing = matches!(&found, Err(error) if error.code() == Some("ResourceNotFoundException"));
        let events = if self.missing { Vec::new() } else { found? };
        Ok(self.fresh(events))
    }

    /// Whether there was no such log when it was last read.
    pub(super) fn is_missing(&self) -> bool {
        self.missing
    }

    fn fresh(&mut self, mut events: Vec<Event>) -> Vec<Event> {
        let newest = events.iter().map(|event| event.timestamp).max();
        events.retain(|event| {
            let name = (event.timestamp, event.event_id.clone(), event.message.clone());
            self.seen.insert(name)
        });
        if let Some(newest) = newest {
            let from = self.filter.start_time.unwrap_or(i64::MIN).max(newest - LATE);
            self.filter.start_time = Some(from);
            self.seen.retain(|(time, ..)| *time >= from);
        }
        events.sort_by_key(|event| event.timestamp);
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(timestamp: i64, id: &str) -> Event {
        Event { timestamp, message: id.into(), log_stream_name: "s".into(), event_id: id.into() }
    }

    #[test]
    fn each_line_is_shown_once_and_late_ones_too() {
        let mut follow = Follow::new(Filter::default());
        let ids = |events: Vec<Event>| events.into_iter().map(|event| event.event_id).collect::<Vec<_>>();
        assert_eq!(ids(follow.fresh(vec![event(20_000, "b"), event(5_000, "a")])), ["a", "b"]);
        assert_eq!(follow.filter.start_time, Some(10_000));
        assert_eq!(
            ids(follow.fresh(vec![event(20_000, "b"), event(20_000, "c"), event(15_000, "late")])),
            ["late", "c"]
        );
    }
}

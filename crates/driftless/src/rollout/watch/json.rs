//! A rollout for programs: one JSON object in a line for each event.

use std::{
    io::{self, Write},
    time::Duration,
};

use serde_json::json;

use super::Show;
use crate::rollout::{Event, Verdict};

/// Version of these lines.
const SCHEMA: u32 = 1;

/// Writes them to standard output.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json;

impl Show for Json {
    fn event(&self, service: &str, after: Duration, event: &Event) {
        say(&json!({
            "schema": SCHEMA, "type": "event", "seconds": after.as_secs(), "service": service, "event": event.word(),
            "words": event.words(), "details": event.details(),
        }));
    }

    fn verdict(&self, service: &str, after: Duration, verdict: &Verdict) {
        say(&json!({
            "schema": SCHEMA, "type": "service_verdict", "seconds": after.as_secs(), "service": service,
            "verdict": verdict.word(), "words": verdict.words(), "hint": verdict.hint(),
        }));
    }
}

fn say(line: &serde_json::Value) {
    // That nobody reads any more is no reason to stop watching.
    let _ = writeln!(io::stdout().lock(), "{line}");
}

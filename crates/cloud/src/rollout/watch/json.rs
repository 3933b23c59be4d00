//! A rollout for programs: one JSON object in a line for each event.

use std::{
    io::{self, Write},
    time::Duration,
};

use model::text::harmless;
use serde::Serialize;

use super::Show;
use crate::rollout::{Event, Verdict};

/// Version of these lines.
const SCHEMA: u32 = 1;

/// Writes them to standard output.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json;

#[derive(Serialize)]
struct Line<'a> {
    schema: u32,
    seconds: u64,
    service: &'a str,
    #[serde(flatten)]
    content: Content,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Content {
    Event { event: &'static str, words: String, details: Vec<String> },
    ServiceVerdict { verdict: &'static str, words: String, hint: Option<String> },
}

impl Show for Json {
    fn event(&self, service: &str, after: Duration, event: &Event) {
        say(service, after, Content::Event { event: event.word(), words: event.words(), details: event.details() });
    }

    fn verdict(&self, service: &str, after: Duration, verdict: &Verdict) {
        let (words, hint) = (verdict.words(), verdict.hint());
        say(service, after, Content::ServiceVerdict { verdict: verdict.word(), words, hint });
    }
}

fn say(service: &str, after: Duration, content: Content) {
    let line = Line { schema: SCHEMA, seconds: after.as_secs(), service, content };
    let Ok(line) = serde_json::to_string(&line) else { return };
    // That nobody reads any more is no reason to stop watching.
    let _ = writeln!(io::stdout().lock(), "{}", harmless(&line));
}

//! How the rollouts of all services ended.

use std::{fmt::Write, time::Duration};

use oci::Digest;
use serde::Serialize;

use super::Verdict;
use crate::progress::spoken;

/// How all of them ended.
#[derive(Clone, Debug)]
pub struct Report {
    /// Each service.
    pub outcomes: Vec<Outcome>,
    /// How long it took.
    pub took: Duration,
}

/// How one of them ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The service.
    pub service: String,
    /// The image that it was to run.
    pub digest: Digest,
    /// How it ended.
    pub verdict: Verdict,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Json<'a> {
    schema: u32,
    r#type: &'static str,
    verdict: &'static str,
    exit_code: u8,
    seconds: u64,
    services: Vec<JsonOutcome<'a>>,
}

#[derive(Serialize)]
struct JsonOutcome<'a> {
    service: &'a str,
    digest: Digest,
    verdict: &'static str,
    words: String,
    hint: Option<String>,
}

impl Report {
    /// The outcome that decides: the worst.
    pub fn worst(&self) -> Option<&Outcome> {
        // `max_by_key` takes the last of equals; the first is the one that is told of first.
        self.outcomes.iter().rev().max_by_key(|outcome| outcome.verdict.exit_code())
    }

    /// The program's exit code.
    pub fn exit_code(&self) -> u8 {
        self.worst().map_or(0, |outcome| outcome.verdict.exit_code())
    }

    /// For people: a line for each service, with what to do.
    pub fn text(&self) -> String {
        let width = self.outcomes.iter().map(|outcome| outcome.service.len()).max().unwrap_or_default();
        let mut text = String::new();
        for outcome in &self.outcomes {
            let mark = if outcome.verdict.exit_code() == 0 { "✓" } else { "✗" };
            let _ = writeln!(text, "{mark} {:width$}  {}", outcome.service, outcome.verdict.words());
            if let Some(hint) = outcome.verdict.hint() {
                let _ = writeln!(text, "  {:width$}  hint: {hint}", "");
            }
        }
        let _ = write!(text, "{} after {}", self.sum(), spoken(self.took));
        text
    }

    fn sum(&self) -> String {
        let good = self.outcomes.iter().filter(|outcome| outcome.verdict.exit_code() == 0).count();
        match self.outcomes.len() {
            all if all == good => "all services are as they should be".into(),
            all => format!("{good} of {all} services are as they should be"),
        }
    }

    /// For programs: one line.
    pub fn json(&self) -> String {
        let services = self.outcomes.iter().map(|outcome| JsonOutcome {
            service: &outcome.service,
            digest: outcome.digest,
            verdict: outcome.verdict.word(),
            words: outcome.verdict.words(),
            hint: outcome.verdict.hint(),
        });
        let json = Json {
            schema: 1,
            r#type: "verdict",
            verdict: self.worst().map_or("live", |outcome| outcome.verdict.word()),
            exit_code: self.exit_code(),
            seconds: self.took.as_secs(),
            services: services.collect(),
        };
        serde_json::to_string(&json).unwrap_or_default()
    }
}

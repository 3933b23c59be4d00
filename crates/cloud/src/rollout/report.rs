//! How the rollouts of all services ended.

use std::{fmt::Write, time::Duration};

use model::{exit::Exit, progress::spoken};
use oci::Digest;
use serde::Serialize;

use super::Verdict;
use crate::Outcome;

/// How all of them ended.
#[derive(Clone, Debug)]
pub struct Report {
    /// Each service.
    pub services: Vec<ServiceVerdict>,
    /// How long it took.
    pub took: Duration,
}

/// How one of them ended.
#[derive(Clone, Debug)]
pub struct ServiceVerdict {
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
    services: Vec<JsonService<'a>>,
}

#[derive(Serialize)]
struct JsonService<'a> {
    service: &'a str,
    digest: Digest,
    verdict: &'static str,
    words: String,
    hint: Option<String>,
}

impl Report {
    /// The verdict that decides: the worst.
    pub fn worst(&self) -> Option<&ServiceVerdict> {
        // `max_by_key` takes the last of equals; the first is the one that is told of first.
        self.services
            .iter()
            .rev()
            .max_by_key(|service| (service.verdict.outcome().exit(), service.verdict.is_its_own()))
    }

    /// What the program exits with.
    pub fn exit(&self) -> Exit {
        self.worst().map_or(Outcome::Live, |service| service.verdict.outcome()).exit()
    }

    /// For people: a line for each service, with what to do.
    pub fn text(&self) -> String {
        let width = self.services.iter().map(|service| service.service.len()).max().unwrap_or_default();
        let mut text = String::new();
        for service in &self.services {
            let mark = if service.verdict.outcome().serves() { "✓" } else { "✗" };
            let _ = writeln!(text, "{mark} {:width$}  {}", service.service, service.verdict.words());
            if let Some(hint) = service.verdict.hint() {
                let _ = writeln!(text, "  {:width$}  hint: {hint}", "");
            }
        }
        let _ = write!(text, "{} after {}", self.sum(), spoken(self.took));
        text
    }

    fn sum(&self) -> String {
        let good = self.services.iter().filter(|service| service.verdict.outcome().serves()).count();
        match self.services.len() {
            all if all == good => "all services are as they should be".into(),
            all => format!("{good} of {all} services are as they should be"),
        }
    }

    /// For programs: one line.
    pub fn json(&self) -> String {
        let services = self.services.iter().map(|service| JsonService {
            service: &service.service,
            digest: service.digest,
            verdict: service.verdict.word(),
            words: service.verdict.words(),
            hint: service.verdict.hint(),
        });
        let json = Json {
            schema: 1,
            r#type: "verdict",
            verdict: self.worst().map_or("live", |service| service.verdict.word()),
            exit_code: self.exit().code(),
            seconds: self.took.as_secs(),
            services: services.collect(),
        };
        serde_json::to_string(&json).unwrap_or_default()
    }
}

//! What must be reached, and what must never be: `internet -> database`.
//!
//! ```
//! use judge::{assertion::{Assertion, Held, Kind}, reach::Network};
//!
//! let assertion = Assertion::parse(Kind::Never, "internet -> database")?;
//! let finding = assertion.judge(&Network::default())?;
//! assert_eq!(finding.held, Held::Yes);
//! assert_eq!(finding.message, "never internet -> database: holds: internet does not reach database: there is no database");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;

use serde::Serialize;

use crate::reach::{Answer, Network, PlaceError, Verdict, Way, reach};

/// Whether a way is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// No part of it may be open.
    Never,
    /// All of it has to be.
    Must,
}

/// A way that must be or must never be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    kind: Kind,
    from: String,
    to: String,
}

/// The texts of what an environment wants `never` and wants (`must`), each with its kind.
pub fn wanted<'a>(never: &'a [String], must: &'a [String]) -> impl Iterator<Item = (Kind, &'a str)> {
    let of = |kind| move |text: &'a String| (kind, text.as_str());
    never.iter().map(of(Kind::Never)).chain(must.iter().map(of(Kind::Must)))
}

/// Whether an assertion holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// It depends on something that is not known.
    CannotBeJudged,
}

/// What became of an assertion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether it holds.
    pub held: Held,
    /// One sentence.
    pub message: String,
    /// The answer to its question.
    pub verdict: Verdict,
}

/// A text that is no assertion.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no assertion: those are written `from -> to`")]
pub struct AssertionError(String);

impl Assertion {
    /// Reads `from -> to`.
    pub fn parse(kind: Kind, text: &str) -> Result<Self, AssertionError> {
        let (from, to) = text.split_once("->").ok_or_else(|| AssertionError(text.to_owned()))?;
        let (from, to) = (from.trim(), to.trim());
        if from.is_empty() || to.is_empty() || to.contains("->") {
            return Err(AssertionError(text.to_owned()));
        }
        Ok(Self { kind, from: from.to_owned(), to: to.to_owned() })
    }

    /// Whether it holds in a network.
    pub fn judge(&self, network: &Network) -> Result<Finding, PlaceError> {
        let verdict = reach(network, &self.from, &self.to)?;
        let held = match (self.kind, verdict.answer) {
            (_, Answer::CannotBeJudged) => Held::CannotBeJudged,
            // What is not described may open a way. It cannot close one that is open.
            (Kind::Never, Answer::No) if !verdict.gaps.is_empty() => Held::CannotBeJudged,
            (Kind::Never, Answer::No) | (Kind::Must, Answer::Yes) => Held::Yes,
            _ => Held::No,
        };
        let opened = match (self.kind, held) {
            (Kind::Never, Held::No) => opened(&verdict.ways),
            _ => String::new(),
        };
        let told = match held {
            Held::Yes => "holds",
            Held::No => "does not hold",
            Held::CannotBeJudged => "cannot be judged",
        };
        let gaps = match held {
            Held::CannotBeJudged if !verdict.gaps.is_empty() => {
                format!(" (not described: {})", verdict.gaps.join("; "))
            }
            _ => String::new(),
        };
        Ok(Finding { held, message: format!("{self}: {told}: {}{opened}{gaps}", verdict.message), verdict })
    }
}

/// What lets the first open way through: its routes and rules.
fn opened(ways: &[Way]) -> String {
    let open = ways.iter().find(|way| matches!(way.answer, Answer::Yes | Answer::Partly));
    open.map(|way| format!(", by {}", way.hops.join(", "))).unwrap_or_default()
}

impl fmt::Display for Assertion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Never => "never",
            Kind::Must => "must",
        };
        write!(out, "{kind} {} -> {}", self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_described_keeps_a_never_open() {
        let network = Network { unknown: vec!["the security group of `x`".to_owned()], ..Network::default() };
        let never = Assertion::parse(Kind::Never, "internet -> database").expect("an assertion");
        let finding = never.judge(&network).expect("places");
        assert_eq!(finding.held, Held::CannotBeJudged);
        assert!(finding.message.ends_with("there is no database (not described: the security group of `x`)"));
    }

    #[test]
    fn an_open_way_is_told_with_what_opens_it() {
        let way = |answer, hop: &str| Way {
            from: "internet".to_owned(),
            to: "database".to_owned(),
            answer,
            hops: vec!["route `main`".to_owned(), hop.to_owned()],
            lacks: None,
        };
        let ways = [way(Answer::No, "ingress rule `closed`"), way(Answer::Partly, "ingress rule `office`")];
        assert_eq!(opened(&ways), ", by route `main`, ingress rule `office`");
        assert_eq!(opened(&ways[..1]), "");
    }

    #[test]
    fn reads_two_places_with_an_arrow_between() {
        let assertion = Assertion::parse(Kind::Must, " backend->ecr.api ").expect("an assertion");
        assert_eq!(assertion.to_string(), "must backend -> ecr.api");
        for text in ["", "internet", "internet ->", "-> database", "a -> b -> c"] {
            let error = Assertion::parse(Kind::Never, text).expect_err(text);
            assert_eq!(error.to_string(), format!("`{text}` is no assertion: those are written `from -> to`"));
        }
    }
}

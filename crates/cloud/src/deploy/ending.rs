//! How a deployment ended.

use std::fmt;

use hint::ErrorReport;

use crate::{Outcome, record::Record, terraform::Fault};

/// How a deployment ended, and what there is to say of that.
#[derive(Clone, Debug)]
pub struct Ending {
    /// In a word.
    pub outcome: Outcome,
    /// The record of it, or that of the release that was live before; none if nothing was done.
    pub record: Option<Record>,
    /// The number of the release that serves, after going back to it.
    pub serving: Option<u32>,
    /// What is to be done, and by whom, after a failure.
    pub left: Option<ErrorReport>,
    /// Where people find it, if it serves and there is a way in.
    pub url: Option<String>,
}

impl Ending {
    /// Somebody said no.
    pub(super) fn declined() -> Self {
        Self { outcome: Outcome::Declined, record: None, serving: None, left: None, url: None }
    }

    /// With its record and nothing else.
    pub(super) fn of(outcome: Outcome, record: Record) -> Self {
        Self { outcome, record: Some(record), serving: None, left: None, url: None }
    }

    /// Whether the release was told to run no task.
    fn is_paused(&self) -> bool {
        self.record.as_ref().is_some_and(Record::is_paused)
    }

    /// For people.
    pub fn sentence(&self, environment: &str) -> String {
        let number = self.record.as_ref().map_or(0, |record| record.number);
        let release = format!("release {number} of `{environment}`");
        let left = self.left.as_ref().map(|left| format!(": {left}")).unwrap_or_default();
        match self.outcome {
            Outcome::Live => format!("live: {release}"),
            Outcome::Paused if !self.is_paused() => {
                format!("asleep: {release} runs no task until a schedule starts one")
            }
            Outcome::Paused => format!("paused: {release} runs no task\nnext: driftless resume -e {environment}"),
            Outcome::Unchanged if self.is_paused() => {
                format!("nothing changed: `{environment}` is paused since release {number}")
            }
            Outcome::Unchanged => format!("nothing changed: {release} is live"),
            Outcome::RolledBack => {
                let serving = self.serving.map(|number| format!("; release {number} serves")).unwrap_or_default();
                format!("failed and rolled back: {release}{serving}{left}")
            }
            Outcome::Failed => {
                format!("failed: {release}{left}")
            }
            Outcome::Declined => "nothing was changed".to_owned(),
            Outcome::Destroyed => format!("destroyed: `{environment}`"),
        }
    }
}

/// Something went wrong after something was changed on AWS. It says what is left, and what goes on from there; the cause is
/// below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished(String);

impl Unfinished {
    /// With what is left, and what goes on from there.
    pub fn new(says: impl Into<String>) -> Self {
        Self(says.into())
    }

    /// An apply's error: one that began and failed is not one that changed nothing, even if it does not say what it changed.
    pub fn of_apply(error: anyhow::Error, says: &str) -> anyhow::Error {
        match hint::find::<Fault>(&error) {
            Some(Fault::Failed { .. }) => error.context(Self::new(says)),
            _ => error,
        }
    }
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

//! How a command that releases something ended.

use model::exit::Exit;
use serde::{Deserialize, Serialize};

/// How a release ended.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was seen serving.
    Live,
    /// No task runs, as was asked for.
    Paused,
    /// What was asked for was live, or paused, before.
    Unchanged,
    /// It failed, and the release before it serves.
    RolledBack,
    /// It failed, and a person has to look.
    Failed,
    /// Somebody said no to the plan.
    Declined,
    /// The environment was destroyed.
    Destroyed,
}

impl Outcome {
    /// What the program exits with.
    pub fn exit(self) -> Exit {
        match self {
            Self::Live | Self::Paused | Self::Unchanged | Self::Destroyed => Exit::Success,
            Self::RolledBack => Exit::RolledBack,
            Self::Failed => Exit::NeedsPerson,
            Self::Declined => Exit::Failure,
        }
    }

    /// The word that programs know it by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Paused => "paused",
            Self::Unchanged => "unchanged",
            Self::RolledBack => "rolled_back",
            Self::Failed => "failed",
            Self::Declined => "declined",
            Self::Destroyed => "destroyed",
        }
    }

    /// For people, in a word or two.
    pub fn words(self) -> &'static str {
        match self {
            Self::RolledBack => "rolled back",
            other => other.word(),
        }
    }

    /// Whether a release that ended so is what the environment runs, until another takes its place.
    pub fn serves(self) -> bool {
        matches!(self, Self::Live | Self::Paused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_the_same_in_records() {
        for outcome in [
            Outcome::Live,
            Outcome::Paused,
            Outcome::Unchanged,
            Outcome::RolledBack,
            Outcome::Failed,
            Outcome::Declined,
            Outcome::Destroyed,
        ] {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.word());
        }
    }
}

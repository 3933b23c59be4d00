//! What is judged, and why.

use serde::Serialize;

use super::policies::Layer;

/// Allowed, denied, or not to be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// AWS would refuse.
    Denied,
    /// It depends on something that is not known, which the reasons name.
    CannotBeJudged,
    /// AWS would do it.
    Allowed,
}

/// A statement of a policy, as a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deciding {
    /// The policy's kind.
    pub layer: Layer,
    /// The policy's name, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The statement's `Sid`, or `statement 2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Allowed, denied, or not to be judged.
    pub outcome: Outcome,
    /// One sentence; a denial in AWS's words.
    pub message: String,
    /// The statements that decided, or the kind of policy that has none.
    pub deciding: Vec<Deciding>,
    /// What else there is to say: statements that nearly apply, and what is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl std::fmt::Display for Deciding {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(statement) = &self.statement {
            write!(out, "`{statement}` of ")?;
        }
        match &self.policy {
            Some(policy) => write!(out, "the {} `{policy}`", self.layer.words()),
            None => write!(out, "the {}", self.layer.words()),
        }
    }
}

impl Verdict {
    /// Whether the request is allowed: what cannot be judged is not.
    pub fn is_allowed(&self) -> bool {
        self.outcome == Outcome::Allowed
    }
}

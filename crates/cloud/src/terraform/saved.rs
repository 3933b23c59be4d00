//! A plan that was made and can be applied: exactly it, or nothing.

use std::path::PathBuf;

use super::{plan::Plan, summary::Summary};

/// A saved plan, in the directory of its root.
#[derive(Clone, Debug)]
pub struct SavedPlan {
    /// The file that the program wrote. It may hold secrets: its directory is private.
    pub file: PathBuf,
    /// What is in it.
    pub plan: Plan,
    /// The same for people.
    pub summary: Summary,
}

impl SavedPlan {
    /// Whether applying it would do nothing.
    pub fn is_empty(&self) -> bool {
        // New outputs alone are worth applying: other programs read them.
        self.summary.is_empty() && !self.plan.applyable
    }
}

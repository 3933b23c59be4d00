//! How OpenTofu or Terraform can fail, as far as callers tell the ways apart.

use super::{diagnostic::Diagnostic, lock::LockOwner, process::Ended};

/// A run that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Somebody else is at work on the same state.
    #[error("the state of `{root}` is locked: {owner}\nhint: wait for it; if that process is gone, `driftless unlock`")]
    Locked {
        /// The root whose state it is.
        root: String,
        /// Who, since when.
        owner: LockOwner,
    },
    /// The saved plan was made for a state that is no more.
    #[error(
        "`{root}` was changed by somebody else after this plan was made; nothing was applied\nhint: plan again, and look \
         at the new plan"
    )]
    Stale {
        /// The root whose state it is.
        root: String,
    },
    /// It ended because it was asked to.
    #[error("interrupted while {doing}{left}\nhint: the same command again goes on from here")]
    Interrupted {
        /// What was being done.
        doing: String,
        /// What is left behind, or nothing.
        left: &'static str,
    },
    /// It said what is wrong.
    #[error("{}", said(.doing, .diagnostics))]
    Failed {
        /// What was being done.
        doing: String,
        /// Its own words.
        diagnostics: Vec<Diagnostic>,
        /// Resources that were changed before.
        changed: usize,
    },
}

impl Fault {
    /// What a run that ended so was about, by what it said.
    pub(super) fn of(root: &str, ended: &Ended, mut diagnostics: Vec<Diagnostic>, doing: &str) -> Self {
        let (root, doing) = (root.to_owned(), doing.to_owned());
        // Not everything is said in JSON.
        if diagnostics.is_empty() {
            let summary = if ended.stderr.trim().is_empty() { ended.status.to_string() } else { ended.stderr.clone() };
            let severity = "error".to_owned();
            diagnostics.push(Diagnostic { severity, summary, detail: String::new(), address: None, range: None });
        }
        for diagnostic in &diagnostics {
            let text = format!("{}\n{}", diagnostic.summary, diagnostic.detail);
            if let Some(owner) = LockOwner::of_message(&text) {
                return Self::Locked { root, owner };
            }
            if diagnostic.summary.contains("Saved plan is stale") {
                return Self::Stale { root };
            }
        }
        if ended.interrupted {
            return Self::Interrupted { doing, left: "" };
        }
        Self::Failed { doing, diagnostics, changed: 0 }
    }
}

fn said(doing: &str, diagnostics: &[Diagnostic]) -> String {
    let mut text = doing.to_owned();
    for diagnostic in diagnostics {
        text.push_str(": ");
        text.push_str(&diagnostic.to_string());
        text.push('\n');
    }
    let hint = diagnostics.iter().find_map(Diagnostic::hint).unwrap_or(
        "repair what is named above and run the command again; what was done already stays done and is not repeated",
    );
    format!("{}\nhint: {hint}", text.trim_end())
}

//! How OpenTofu or Terraform can fail, as far as callers tell the ways apart.

use std::path::PathBuf;

use hint::Remedy;

use super::{diagnostic::Diagnostic, lock::LockOwner, process::Ended};

const PUSHES: &str =
    "sign in again, or repair what is named above; the same command again writes that state to the bucket first";

/// A run that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Somebody else is at work on the same state.
    #[error("the state of `{root}` is locked: {owner}")]
    Locked {
        /// The root whose state it is.
        root: String,
        /// Who, since when.
        owner: LockOwner,
        /// What to do.
        #[source]
        remedy: Remedy,
    },
    /// Another command of this user works in the same directory.
    #[error("another `driftless` of this user{} works in `{}`", .process.map(|id| format!(", process {id},")).unwrap_or_default(), .directory.display())]
    Busy {
        /// The work directory of the root.
        directory: PathBuf,
        /// The process, if it said so.
        process: Option<u32>,
        /// What to do.
        #[source]
        remedy: Remedy,
    },
    /// The saved plan was made for a state that is no more.
    #[error("`{root}` was changed after this plan was made; nothing was applied")]
    Stale {
        /// The root whose state it is.
        root: String,
        /// What to do.
        #[source]
        remedy: Remedy,
    },
    /// It ended because it was asked to.
    #[error("interrupted while {doing}{left}")]
    Interrupted {
        /// What was being done.
        doing: String,
        /// What is left behind, or nothing.
        left: &'static str,
        /// What to do.
        #[source]
        remedy: Remedy,
    },
    /// Things were changed, and the state that says so could not be written to the bucket.
    #[error("{}: the state could not be written to the bucket; it is kept in `{}`", said(.doing, .diagnostics), .file.display())]
    Unsaved {
        /// What was being done.
        doing: String,
        /// Its own words.
        diagnostics: Vec<Diagnostic>,
        /// Where the state is kept.
        file: PathBuf,
        /// What to do.
        #[source]
        remedy: Remedy,
    },
    /// A state that could not be written before is not in the bucket yet.
    #[error("the last state of `{root}` is not in the bucket, but in `{}`; nothing was changed", .file.display())]
    Unpushed {
        /// The root whose state it is.
        root: String,
        /// Where the state is kept.
        file: PathBuf,
        /// What to do.
        #[source]
        remedy: Remedy,
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
        /// What to do.
        #[source]
        remedy: Remedy,
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
                return Self::locked(root, owner);
            }
            if diagnostic.summary.contains("Saved plan is stale") {
                return Self::Stale { root, remedy: "plan again, and look at the new plan".into() };
            }
        }
        if ended.interrupted {
            return Self::interrupted(doing, "");
        }
        let remedy = diagnostics.iter().find_map(Diagnostic::hint).unwrap_or(
            "repair what is named above and run the command again; what was done already stays done and is not repeated",
        );
        Self::Failed { remedy: remedy.into(), doing, diagnostics, changed: 0 }
    }

    /// What the failure `self` is where the state of `root` was kept in `file`.
    pub(super) fn unsaved(self, doing: &str, file: PathBuf) -> Self {
        let (Self::Failed { diagnostics, .. } | Self::Unsaved { diagnostics, .. }) = self else {
            return Self::Unsaved { doing: doing.to_owned(), diagnostics: Vec::new(), file, remedy: PUSHES.into() };
        };
        Self::Unsaved { doing: doing.to_owned(), diagnostics, file, remedy: PUSHES.into() }
    }

    pub(super) fn unpushed(root: &str, file: PathBuf) -> Self {
        let remedy = format!("`driftless deploy -e {root}` writes it to the bucket first").into();
        Self::Unpushed { root: root.to_owned(), file, remedy }
    }

    pub(crate) fn locked(root: String, owner: LockOwner) -> Self {
        let remedy = format!("wait for it; if that process has ended, `driftless unlock -e {root}`").into();
        Self::Locked { root, owner, remedy }
    }

    pub(super) fn busy(directory: PathBuf, process: Option<u32>) -> Self {
        let shown = process.map(|id| format!("; `ps {id}` shows what it does")).unwrap_or_default();
        Self::Busy { directory, process, remedy: format!("wait until it has ended{shown}").into() }
    }

    pub(super) fn interrupted(doing: String, left: &'static str) -> Self {
        Self::Interrupted { doing, left, remedy: "run the same command again to continue".into() }
    }
}

fn said(doing: &str, diagnostics: &[Diagnostic]) -> String {
    let mut text = doing.to_owned();
    for diagnostic in diagnostics {
        text.push_str(": ");
        text.push_str(&diagnostic.to_string());
        text.push('\n');
    }
    text.trim_end().to_owned()
}

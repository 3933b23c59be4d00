//! The lines of `-json` output.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{diagnostic::Diagnostic, plan::Action};

/// One line. Kinds that nothing is done with are [`Message::Other`].
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Message {
    Diagnostic {
        diagnostic: Diagnostic,
    },
    ApplyStart {
        hook: Hook,
    },
    ApplyProgress {
        hook: Hook,
    },
    ApplyComplete {
        hook: Hook,
    },
    ApplyErrored {
        hook: Hook,
    },
    ChangeSummary {
        changes: Counts,
    },
    Outputs {
        outputs: BTreeMap<String, Output>,
    },
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
pub(super) struct Resource {
    #[serde(rename = "addr")]
    pub(super) address: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Hook {
    pub(super) resource: Resource,
    pub(super) action: Action,
    #[serde(default)]
    pub(super) elapsed_seconds: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Counts {
    pub(super) add: usize,
    pub(super) change: usize,
    pub(super) remove: usize,
    pub(super) operation: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Output {
    #[serde(default)]
    pub(super) sensitive: bool,
    pub(super) value: Option<Value>,
}

impl Message {
    /// Reads one line; none if it is no message, such as a line of a provider's log.
    pub(super) fn of(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

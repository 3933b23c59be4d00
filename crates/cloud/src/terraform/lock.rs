//! Who holds a state lock.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The owner of a lock, as the lock file says.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct LockOwner {
    /// What `unlock` needs.
    pub id: String,
    /// User and host.
    pub who: String,
    /// `apply`, `plan` and so on.
    pub operation: String,
    /// Since when, if that could be read.
    pub since: Option<Timestamp>,
}

/// The lock file in the state bucket.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct File {
    #[serde(rename = "ID")]
    id: String,
    who: String,
    operation: String,
    created: Option<Timestamp>,
}

impl LockOwner {
    /// Reads a lock file as it lies in the state bucket.
    pub fn of_file(text: &[u8]) -> serde_json::Result<Self> {
        let File { id, who, operation, created } = serde_json::from_slice(text)?;
        Ok(Self { id, who, operation: operation_of(&operation), since: created })
    }

    /// Reads the `Lock Info` that a diagnostic holds.
    pub(super) fn of_message(text: &str) -> Option<Self> {
        let (_, info) = text.split_once("Lock Info:")?;
        let field = |name: &str| {
            let value = info.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(':'))?;
            Some(value.trim().to_owned())
        };
        let since = field("Created").and_then(|created| {
            let mut words = created.split(' ');
            format!("{}T{}Z", words.next()?, words.next()?).parse().ok()
        });
        Some(Self { id: field("ID")?, who: field("Who")?, operation: operation_of(&field("Operation")?), since })
    }
}

fn operation_of(text: &str) -> String {
    text.trim_start_matches("OperationType").to_lowercase()
}

impl fmt::Display for LockOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = if self.operation.is_empty() { "work" } else { &self.operation };
        write!(f, "`{}` has it for `{operation}`", self.who)?;
        match self.since {
            Some(since) => write!(f, " since {since:.0}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_is_read_from_the_message_and_from_the_file() {
        let message = "api error PreconditionFailed\nLock Info:\n  ID:        6f0d\n  Path:      b/dev.tfstate\n  \
                       Operation: OperationTypeApply\n  Who:       ci@runner-7\n  Version:   1.11.4\n  Created:   \
                       2026-11-25 02:30:12.123456789 +0000 UTC\n  Info:      \n";
        let owner = LockOwner::of_message(message).unwrap();
        assert_eq!(owner.to_string(), "`ci@runner-7` has it for `apply` since 2026-11-25T02:30:12Z");
        let file = br#"{"ID":"6f0d","Operation":"OperationTypeApply","Info":"","Who":"ci@runner-7","Version":"1.11.4",
                        "Created":"2026-11-25T02:30:12.123456789Z","Path":"b/dev.tfstate"}"#;
        assert_eq!(LockOwner::of_file(file).unwrap(), owner);
    }
}

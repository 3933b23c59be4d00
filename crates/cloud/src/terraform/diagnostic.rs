//! What OpenTofu and Terraform say when something is wrong.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One error or warning.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// `error` or `warning`.
    pub severity: String,
    /// What is wrong, in a line or so.
    pub summary: String,
    /// The rest of it.
    #[serde(default)]
    pub detail: String,
    /// The resource that it is about.
    #[serde(default)]
    pub address: Option<String>,
    /// Where in the configuration it is.
    #[serde(default)]
    pub range: Option<Range>,
}

/// A place in a configuration.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Range {
    /// The file.
    pub filename: String,
}

/// What is known to help, by a phrase of the message. The first that matches is said.
const HINTS: [(&str, &str); 21] = [
    (
        "newer provider version",
        "another machine planned with a newer provider, and `driftless releases --json` has which (`planned_with`): install that \
         one, or remove the `.terraform.lock.hcl` that chooses an older one",
    ),
    ("newer than current", "the state was written by a newer program: install it, or name it with `--terraform PATH`"),
    ("NoSuchBucket", "make the state bucket with `driftless bootstrap`"),
    ("does not exist.\n\nThe referenced S3 bucket", "make the state bucket with `driftless bootstrap`"),
    ("ExpiredToken", "your credentials have expired: sign in again, such as with `aws sso login`"),
    ("No valid credential sources", "sign in first, such as with `aws sso login`, or set AWS_PROFILE"),
    ("InvalidClientTokenId", "the credentials are not of this account: check AWS_PROFILE"),
    ("AccessDenied", "the role lacks a permission that is named above: add it, then run the command again"),
    ("UnauthorizedOperation", "the role lacks a permission that is named above: add it, then run the command again"),
    ("is not authorized to perform", "the role lacks the permission that is named above: add it, then run again"),
    ("LimitExceeded", "ask for a higher quota in the Service Quotas console, or remove what is not used"),
    (
        "does not match configured version constraint",
        "a `.terraform.lock.hcl` has chosen that version: remove it, or run `init -upgrade` beside it",
    ),
    (
        "the previously-selected version",
        "a `.terraform.lock.hcl` has chosen a version that is no longer there: remove it, or run `init -upgrade` beside it",
    ),
    (
        "match any of the checksums",
        "a `.terraform.lock.hcl` was written for the same version from elsewhere: remove it, or add what is there with `providers lock`",
    ),
    (
        "Failed to query available provider packages",
        "is the provider's registry reachable from here? `driftless doctor`",
    ),
    ("Inconsistent dependency lock file", "remove `.terraform.lock.hcl` beside the plan and run the command again"),
    ("scheduled for deletion", "a secret of that name is being deleted: restore it, or wait until it is deleted"),
    ("RepositoryNotEmptyException", "delete the images first, or set `force_delete` of the repository"),
    (
        "lreadyExists",
        "an earlier run that was killed may have made it: what is listed before the plan is in no state; remove it, or import it",
    ),
    (
        "already exists",
        "an earlier run that was killed may have made it: what is listed before the plan is in no state; remove it, or import it",
    ),
    ("dial tcp", "AWS cannot be reached from here: check the network and the region"),
];

impl Diagnostic {
    /// A remedy, if the message is one that is known.
    pub fn hint(&self) -> Option<&'static str> {
        let has = |phrase: &str| self.summary.contains(phrase) || self.detail.contains(phrase);
        HINTS.iter().find(|(phrase, _)| has(phrase)).map(|(_, hint)| *hint)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(address) = &self.address {
            write!(f, "`{address}`: ")?;
        } else if let Some(range) = &self.range {
            write!(f, "`{}`: ", range.filename)?;
        }
        f.write_str(self.summary.trim_end())?;
        if !self.detail.is_empty() {
            write!(f, "\n{}", self.detail.trim_end())?;
        }
        Ok(())
    }
}

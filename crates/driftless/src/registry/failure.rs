//! Why a request came to nothing, and whether another attempt may help.

use std::{io, time::Duration};

use oci::Digest;
use reqwest::StatusCode;

/// An error of talking to a registry. Its text names no query of a URL, no token and no password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the variants and their fields are")]
pub enum Failure {
    #[error("{request}: {reason}")]
    Transport { request: String, reason: String, lasting: bool },
    #[error("{request} was answered with {status}{said}")]
    Refused { request: String, status: StatusCode, codes: Vec<String>, said: String, retry_after: Option<Duration> },
    #[error("{request}: the registry took the credentials for a while, and no longer")]
    Expired { request: String },
    #[error("{request}: {reason}")]
    Protocol { request: String, reason: String },
    #[error("signing in to `{registry}`: {reason}")]
    SignIn { registry: String, reason: String },
    #[error("{request} gave `{digest}` with the digest `{actual}`")]
    Corrupt { request: String, digest: Digest, actual: Digest },
    #[error("reading `{path}`")]
    Read { path: String, source: io::Error },
    #[error("writing `{path}`")]
    Write { path: String, source: io::Error },
    #[error(
        "blob `{digest}` of the layout {reason}\nhint: `driftless image verify` says what else is damaged; build it again"
    )]
    Damaged { digest: Digest, reason: String },
}

impl Failure {
    /// True if the same step may succeed when it is tried again.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Transport { lasting, .. } => !lasting,
            Self::Refused { status, .. } => {
                status.is_server_error() && *status != StatusCode::NOT_IMPLEMENTED
                    || matches!(*status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
                    // The upload's session is gone, or not where we think it is: a new one starts from nothing.
                    || self.has_code("BLOB_UPLOAD_UNKNOWN")
                    || self.has_code("BLOB_UPLOAD_INVALID")
                    || *status == StatusCode::RANGE_NOT_SATISFIABLE
            }
            Self::Expired { .. } | Self::Corrupt { .. } => true,
            _ => false,
        }
    }

    /// How long the registry asked us to wait.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            Self::Expired { .. } => Some(Duration::ZERO),
            _ => None,
        }
    }

    /// True if the registry named this error code.
    pub(super) fn has_code(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { codes, .. } if codes.iter().any(|code| code == wanted))
    }
}

//! Why a request to a registry failed, and whether another attempt may help.

use std::{io, time::Duration};

use hint::Remedy;
use oci::Digest;
use reqwest::StatusCode;

/// A request to a registry failed. The text contains no query of a URL, no token and no password. The last of the sources is
/// a [`Remedy`] where it is known what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the variants and their fields are")]
pub enum Error {
    #[error("{request}: {reason}")]
    Transport {
        request: String,
        reason: String,
        lasting: bool,
        #[source]
        remedy: Option<Remedy>,
    },
    #[error("{request} was answered with {status}{message}")]
    Refused {
        request: String,
        status: StatusCode,
        codes: Vec<String>,
        /// The registry's own words after `: `, or nothing.
        message: String,
        retry_after: Option<Duration>,
        #[source]
        remedy: Option<Remedy>,
    },
    #[error("{request}: the credentials expired during the upload")]
    Expired { request: String },
    #[error("{request}: {reason}")]
    Protocol { request: String, reason: String },
    #[error("signing in to `{registry}`: {reason}")]
    SignIn {
        registry: String,
        reason: String,
        #[source]
        remedy: Option<Remedy>,
    },
    #[error("{request} returned `{digest}` with the digest `{actual}`")]
    Corrupt { request: String, digest: Digest, actual: Digest },
    #[error("writing `{path}`")]
    Write { path: String, source: io::Error },
    #[error("blob `{digest}` of the layout {reason}")]
    Damaged {
        digest: Digest,
        reason: String,
        #[source]
        remedy: Remedy,
    },
}

impl Error {
    /// True if the same step may succeed when it is repeated.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Transport { lasting, .. } => !lasting,
            Self::Refused { status, .. } => {
                status.is_server_error() && *status != StatusCode::NOT_IMPLEMENTED
                    || matches!(*status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
                    // The registry lost the upload's session, or has another offset: a new session starts from nothing.
                    || self.has_code("BLOB_UPLOAD_UNKNOWN")
                    || self.has_code("BLOB_UPLOAD_INVALID")
                    || *status == StatusCode::RANGE_NOT_SATISFIABLE
            }
            Self::Expired { .. } | Self::Corrupt { .. } => true,
            _ => false,
        }
    }

    /// How long the registry wants the client to wait.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            Self::Expired { .. } => Some(Duration::ZERO),
            _ => None,
        }
    }

    /// True if the registry returned this error code, one of the specification's.
    pub(super) fn has_code(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { codes, .. } if codes.iter().any(|code| code == wanted))
    }

    /// True if a tag was to be moved that is immutable: ECR returns `TAG_INVALID`; others return 409, or a message with the word.
    pub(super) fn is_of_immutable_tag(&self) -> bool {
        let Self::Refused { message, status, .. } = self else { return false };
        let says = || message.to_ascii_lowercase().contains("immutable");
        status.is_client_error() && (self.has_code("TAG_INVALID") || status.as_u16() == 409 || says())
    }
}

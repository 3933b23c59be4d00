//! Why a request got no response from its target, and what the client hears.

use std::{error::Error, io};

use hyper::StatusCode;

/// No response from the target.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("connecting")]
    Connect(#[source] io::Error),
    #[error("connecting: no answer in time")]
    ConnectTimeout,
    #[error("waiting for the response: nothing came in time")]
    ResponseTimeout,
    #[error("waiting for the rest of the request: nothing came in time")]
    RequestTimeout,
    #[error("exchanging the request and its response")]
    Exchange(#[source] hyper::Error),
    /// The client is gone, most likely.
    #[error("receiving the rest of the request")]
    Upload(#[source] hyper::Error),
    #[error("connecting: the target has been deregistered")]
    Deregistered,
    #[error("the target switched protocols without being asked to")]
    UnaskedUpgrade,
}

impl Failure {
    /// AWS: "Troubleshoot your Application Load Balancers", HTTP 408, 502 and 504.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Connect(error) if error.kind() == io::ErrorKind::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            Self::ConnectTimeout | Self::ResponseTimeout => StatusCode::GATEWAY_TIMEOUT,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::Upload(_) => StatusCode::BAD_REQUEST,
            Self::Connect(_) | Self::Deregistered | Self::Exchange(_) | Self::UnaskedUpgrade => StatusCode::BAD_GATEWAY,
        }
    }
}

/// An error with its causes.
pub(super) fn words(error: &(dyn Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}

//! Why a call did not give what the page wanted.

use api::FieldError;
use axum::http::StatusCode;

/// The outcome of a call, as far as the page must tell it apart.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error("there is no such item")]
    NotFound,
    #[error("the item was refused")]
    Invalid(Vec<FieldError>),
    /// Nothing reached the backend, so nothing can have changed.
    #[error("connecting to the backend")]
    Down(#[source] anyhow::Error),
    /// The request was sent and no answer came; it may have been carried out.
    #[error("waiting for the backend's answer")]
    Unanswered(#[source] anyhow::Error),
    /// An answer came that is none; the request may have been carried out.
    #[error("the backend answers {status}")]
    Failed { status: StatusCode },
    /// An answer that breaks the contract.
    #[error("reading the backend's answer")]
    Broken(#[source] anyhow::Error),
}

impl CallError {
    /// Whether the backend certainly did not carry out the request.
    pub(crate) fn changed_nothing(&self) -> bool {
        match self {
            Self::NotFound | Self::Invalid(_) | Self::Down(_) => true,
            Self::Failed { status } => status.is_client_error(),
            Self::Unanswered(_) | Self::Broken(_) => false,
        }
    }
}

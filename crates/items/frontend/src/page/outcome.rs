//! What a page says about a call that did not work out.

use anyhow::anyhow;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use service::Failure;

use crate::{
    backend::CallError,
    view::{Alert, Message},
};

/// Seconds after which trying again is worth it.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

/// What the page was about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    LoadItems,
    LoadItem,
    Create,
    Update,
    Delete,
}

impl Deed {
    /// For the log.
    fn doing(self) -> &'static str {
        match self {
            Self::LoadItems => "loading items",
            Self::LoadItem => "loading an item",
            Self::Create => "creating an item",
            Self::Update => "updating an item",
            Self::Delete => "deleting an item",
        }
    }

    fn failed(self) -> &'static str {
        match self {
            Self::LoadItems => "Failed to load items",
            Self::LoadItem => "Failed to load the item",
            Self::Create => "Failed to create item",
            Self::Update => "Failed to update item",
            Self::Delete => "Failed to delete item",
        }
    }

    fn unsure(self) -> &'static str {
        match self {
            Self::LoadItems | Self::LoadItem => self.failed(),
            Self::Create => "Not sure whether the item was created",
            Self::Update => "Not sure whether the item was updated",
            Self::Delete => "Not sure whether the item was deleted",
        }
    }

    fn reads(self) -> bool {
        matches!(self, Self::LoadItems | Self::LoadItem)
    }
}

/// The heading and the advice for a failed call; honest about what may have happened.
pub(crate) fn message(deed: Deed, error: &CallError) -> Message {
    let reason = match error {
        CallError::Down(_) => "The backend cannot be reached right now",
        CallError::Unanswered(_) => "The backend did not answer in time",
        _ => "The backend answered with an error",
    };
    if deed.reads() {
        let advice = format!("{reason}. Your items are not affected; try again in a few seconds.");
        return Message { heading: deed.failed(), advice };
    }
    if error.changed_nothing() {
        let kept = if deed == Deed::Delete { "deleted." } else { "saved. What you typed is still here." };
        let advice = format!("{reason}, so nothing was {kept} Try again in a few seconds.");
        return Message { heading: deed.failed(), advice };
    }
    let advice = match deed {
        Deed::Create => "The item may have been saved all the same: look at the list before you send it again.",
        Deed::Delete => "The item may be gone all the same: look at the list before you try again.",
        _ => "The change may have been saved all the same. Saving it again does no harm.",
    };
    Message { heading: deed.unsure(), advice: format!("{reason}. {advice}") }
}

/// The same as an alert on the page.
pub(crate) fn alert(deed: Deed, error: &CallError) -> Alert {
    Alert::Fault(message(deed, error))
}

/// 503 when waiting helps, 502 when somebody must repair something.
pub(crate) fn status(error: &CallError) -> StatusCode {
    match error {
        CallError::Down(_) | CallError::Unanswered(_) => StatusCode::SERVICE_UNAVAILABLE,
        CallError::Failed { status } if status.is_server_error() => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_GATEWAY,
    }
}

/// Marks the answer to a failed call: the cause for the log, and for 503 when to try again.
pub(crate) fn mark(mut response: Response, deed: Deed, error: CallError) -> Response {
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
    }
    response.extensions_mut().insert(Failure::from(anyhow!(error).context(deed.doing())));
    response
}

//! Reading a request body: JSON, small, and in time.

use std::time::Duration;

use api::NewItem;
use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
};
use http_body_util::{BodyExt, Limited};
use tokio::time::timeout;

use crate::answer::Refusal;

/// Largest body, in bytes: the longest texts with every character escaped fit.
pub(crate) const BODY_MAX_BYTES: usize = 64 * 1024;
/// Time for the whole body to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The item in a request's body.
pub(crate) struct ItemBody(pub(crate) NewItem);

impl<S: Sync> FromRequest<S> for ItemBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Refusal> {
        let is_json = is_json(request.headers());
        let body = timeout(BODY_TIMEOUT, Limited::new(request.into_body(), BODY_MAX_BYTES).collect()).await;
        let body = body.map_err(|_| Refusal::new(StatusCode::REQUEST_TIMEOUT, "The body did not arrive in time"))?;
        let body = body.map_err(|error| unreadable(&*error))?.to_bytes();
        if !is_json && !body.is_empty() {
            return Err(Refusal::invalid(NewItem::not_an_object()));
        }
        NewItem::from_json(&body).map(Self).map_err(Refusal::invalid)
    }
}

fn unreadable(error: &(dyn std::error::Error + 'static)) -> Refusal {
    if error.is::<http_body_util::LengthLimitError>() {
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, &format!("The body is larger than {BODY_MAX_BYTES} bytes"))
    } else {
        Refusal::new(StatusCode::BAD_REQUEST, "The body ended early")
    }
}

/// `application/json` or `application/…+json`, whatever the parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_json_by_its_media_type() {
        let accepts = |value: &'static str| {
            is_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, header::HeaderValue::from_static(value))]))
        };
        assert_eq!(
            ["application/json", "Application/JSON; charset=utf-8", "application/vnd.api+json"].map(accepts),
            [true; 3]
        );
        assert_eq!(["text/plain", "application/x-www-form-urlencoded", "text/json", ""].map(accepts), [false; 4]);
    }
}

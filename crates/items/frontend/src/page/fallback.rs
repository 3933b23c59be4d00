//! What is said when there is no page to show.

use api::Cursor;
use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use service::RequestId;

use super::{
    outcome::{self, Deed},
    place,
};
use crate::{
    backend::CallError,
    form::FormFault,
    view::{self, Sorry},
    visitor::{Visitor, html},
};

/// Any other path.
pub(crate) async fn not_found(visitor: Visitor) -> Response {
    not_found_page(&visitor)
}

pub(crate) fn not_found_page(visitor: &Visitor) -> Response {
    let sorry = Sorry::new("Page not found", "There is nothing at this address. It may be mistyped, or out of date.");
    html(StatusCode::NOT_FOUND, view::sorry(&sorry.id(&visitor.id)))
}

/// A path of ours with another method; the router adds `allow`.
pub(crate) async fn wrong_method(visitor: Visitor, method: Method) -> Response {
    let advice = format!("This address does not answer {method} requests.");
    html(StatusCode::METHOD_NOT_ALLOWED, view::sorry(&Sorry::new("Method not allowed", &advice).id(&visitor.id)))
}

/// The answer to a request whose handler panicked.
pub(crate) fn sorry(id: &RequestId) -> Response {
    let sorry = Sorry::new("Something went wrong", "The fault is ours, and it has been written to the log. Try again.");
    html(StatusCode::INTERNAL_SERVER_ERROR, view::sorry(&sorry.id(id)))
}

/// A body that is no form.
pub(crate) fn bad_form(fault: FormFault) -> Response {
    let advice = format!("{fault} Go back, check what you typed, and send it again.");
    html(fault.status(), view::sorry(&Sorry::new("The form could not be read", &advice)))
}

/// A form that another site sent: nothing in it is shown, since it is not the visitor's.
pub(crate) fn foreign() -> Response {
    let advice = "The form was sent from another site, so nothing was changed. If you meant to send it, do so here.";
    html(StatusCode::FORBIDDEN, view::sorry(&Sorry::new("Form refused", advice)))
}

/// An item's page without the item.
pub(crate) fn no_item(visitor: &Visitor, error: CallError, retry: &str, after: Option<Cursor>) -> Response {
    let back = place::list(after, None);
    if let CallError::NotFound = error {
        let sorry = Sorry::new("Item not found", "It may have been deleted in the meantime.");
        return html(StatusCode::NOT_FOUND, view::sorry(&sorry.back(&back)));
    }
    let message = outcome::message(Deed::LoadItem, &error);
    let sorry = Sorry::new(message.heading, &message.advice).back(&back).retry(retry).id(&visitor.id);
    outcome::mark(html(outcome::status(&error), view::sorry(&sorry)), Deed::LoadItem, error)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, header};
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn a_panic_gives_a_page_that_names_the_request() {
        let id = RequestId::of(&HeaderMap::from_iter([("x-request-id".parse().unwrap(), "abc-1".parse().unwrap())]));
        let response = sorry(&id);
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(response.headers().contains_key(header::CONTENT_SECURITY_POLICY));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body = std::str::from_utf8(&body).unwrap();
        assert!(body.contains("Something went wrong") && body.contains("Request <code>abc-1</code>"), "{body}");
    }
}

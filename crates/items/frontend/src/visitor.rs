//! Who asks: what every page needs to know about a request, and how a page is sent.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use maud::Markup;
use service::{RequestId, headers};

use crate::{
    csrf::{self, Sender, Suspicion, Token},
    form::Form,
};

/// Everything on a page is ours, and nothing is inline.
const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The sender of a request.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) id: RequestId,
    /// For the forms of the page.
    pub(crate) token: Token,
    /// Whether the browser sent that token.
    has_token: bool,
    https: bool,
    sender: Sender,
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let https = headers::is_https(&parts.headers);
        let token = Token::of_cookie(&parts.headers, https);
        Ok(Self {
            id: parts.extensions.get().cloned().unwrap_or_else(RequestId::random),
            has_token: token.is_some(),
            token: token.unwrap_or_else(Token::random),
            https,
            sender: Sender::of(&parts.headers),
        })
    }
}

impl Visitor {
    /// Whether the visitor meant to send this form.
    pub(crate) fn vet(&self, form: &Form) -> Result<(), Suspicion> {
        match self.sender {
            Sender::Foreign => Err(Suspicion::Foreign),
            _ if self.has_token && self.token.matches(form.get(csrf::FIELD)) => Ok(()),
            _ => Err(Suspicion::Token),
        }
    }

    /// Sends a page, with the cookie that its forms need.
    pub(crate) fn page(&self, status: StatusCode, page: Markup) -> Response {
        let mut response = html(status, page);
        if !self.has_token {
            response.headers_mut().insert(header::SET_COOKIE, self.token.cookie(self.https));
        }
        response
    }
}

/// Sends a page without forms.
pub(crate) fn html(status: StatusCode, page: Markup) -> Response {
    let mut response = (status, page).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    response
}

/// Sends the browser to fetch another page, so that reloading does not send the form again.
pub(crate) fn see_other(path: &str) -> Response {
    Redirect::to(path).into_response()
}

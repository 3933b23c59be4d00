//! The item in a page's path.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
    response::Response,
};

use crate::{page::not_found, visitor::Visitor};

/// `{id}`; anything but a 64-bit integer is a page that does not exist.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ItemId(pub(crate) i64);

impl<S: Send + Sync> FromRequestParts<S> for ItemId {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        if let Ok(Path(id)) = Path::<i64>::from_request_parts(parts, state).await {
            return Ok(Self(id));
        }
        let Ok(visitor) = Visitor::from_request_parts(parts, state).await;
        Err(not_found(&visitor))
    }
}

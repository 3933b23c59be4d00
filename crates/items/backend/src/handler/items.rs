//! One item: create, read, replace, delete.

use api::Item;
use axum::{
    Json,
    extract::{FromRequestParts, Path, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};

use super::body::ItemBody;
use crate::{answer::Refusal, db::Db};

/// Create an item
#[cfg_attr(
    test,
    utoipa::path(
        post, path = "/api/items", tag = "items", request_body = api::NewItem,
        responses(
            (status = 201, description = "The item, now on disk", body = Item),
            (status = 413, description = "The body is too large", body = api::Problem, content_type = "application/problem+json"),
            (status = 422, description = "The body is wrong", body = api::Problem, content_type = "application/problem+json"),
        ),
    )
)]
pub(crate) async fn create(State(db): State<Db>, ItemBody(item): ItemBody) -> Result<Response, Refusal> {
    Ok((StatusCode::CREATED, Json(db.create(item).await?)).into_response())
}

/// One item
#[cfg_attr(
    test,
    utoipa::path(
        get, path = "/api/items/{item_id}", tag = "items", params(("item_id" = i64, Path, description = "The item's id")),
        responses(
            (status = 200, description = "The item", body = Item),
            (status = 404, description = "There is no such item", body = api::Problem, content_type = "application/problem+json"),
            (status = 422, description = "The id is no integer", body = api::Problem, content_type = "application/problem+json"),
        ),
    )
)]
pub(crate) async fn get(State(db): State<Db>, ItemId(id): ItemId) -> Result<Json<Item>, Refusal> {
    db.get(id).await?.map(Json).ok_or_else(Refusal::no_such_item)
}

/// Replace an item's name and description
#[cfg_attr(
    test,
    utoipa::path(
        put, path = "/api/items/{item_id}", tag = "items", params(("item_id" = i64, Path, description = "The item's id")),
        request_body = api::NewItem,
        responses(
            (status = 200, description = "The item as it is now, on disk", body = Item),
            (status = 404, description = "There is no such item", body = api::Problem, content_type = "application/problem+json"),
            (status = 413, description = "The body is too large", body = api::Problem, content_type = "application/problem+json"),
            (status = 422, description = "The id or the body is wrong", body = api::Problem, content_type = "application/problem+json"),
        ),
    )
)]
pub(crate) async fn replace(
    State(db): State<Db>,
    ItemId(id): ItemId,
    ItemBody(item): ItemBody,
) -> Result<Json<Item>, Refusal> {
    db.replace(id, item).await?.map(Json).ok_or_else(Refusal::no_such_item)
}

/// Delete an item
#[cfg_attr(
    test,
    utoipa::path(
        delete, path = "/api/items/{item_id}", tag = "items",
        params(("item_id" = i64, Path, description = "The item's id")),
        responses(
            (status = 204, description = "It is gone"),
            (status = 404, description = "There is no such item", body = api::Problem, content_type = "application/problem+json"),
            (status = 422, description = "The id is no integer", body = api::Problem, content_type = "application/problem+json"),
        ),
    )
)]
pub(crate) async fn delete(State(db): State<Db>, ItemId(id): ItemId) -> Result<StatusCode, Refusal> {
    if db.delete(id).await? { Ok(StatusCode::NO_CONTENT) } else { Err(Refusal::no_such_item()) }
}

/// The id in the path.
pub(crate) struct ItemId(i64);

impl<S: Send + Sync> FromRequestParts<S> for ItemId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Ok(Path(text)) = Path::<String>::from_request_parts(parts, state).await else {
            return Err(Refusal::no_such_item());
        };
        if let Ok(id) = text.parse() {
            return Ok(Self(id));
        }
        let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            // An integer, but larger than any id can be.
            return Err(Refusal::no_such_item());
        }
        let message = "Input should be a valid integer".to_owned();
        Err(Refusal::invalid_parameter("path", "item_id", "int_parsing", message, &text))
    }
}

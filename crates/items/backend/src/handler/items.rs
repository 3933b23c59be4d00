//! The items: list, create, read, replace, delete.

use api::{Cursor, Item, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, TOTAL_COUNT_HEADER};
use axum::{
    Json,
    extract::{FromRequestParts, Path, Query, State, rejection::QueryRejection},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::body::ItemBody;
use crate::{
    answer::Refusal,
    db::{Db, LIST_MAX_ITEMS, Page},
};

/// Both absent: the whole list.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub(crate) struct ListQuery {
    /// Items per page, 1 to 500. Absent together with `after`: all items
    #[cfg_attr(test, param(value_type = Option<u32>, minimum = 1, maximum = 500))]
    limit: Option<String>,
    /// Where the page starts: taken from the `Link` header of the page before
    after: Option<String>,
}

/// All items, newest first, if they are at most 10000; or one page of them
#[cfg_attr(
    test,
    utoipa::path(
        get, path = "/api/items", tag = "items", params(ListQuery),
        responses(
            (status = 200, description = "The items", body = Vec<Item>, headers(
                ("link", description = "On a page that is not the last: the next one, as `rel=\"next\"`"),
                ("x-total-count" = u64, description = "On a page: items in all"),
            )),
            (status = 422, description = "A parameter is wrong; or there are too many items for one answer, and `Link` names the first page", body = api::Problem, content_type = "application/problem+json"),
        ),
    )
)]
pub(crate) async fn list(
    State(db): State<Db>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(query) = query.map_err(|error| Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, &error.body_text()))?;
    if query.limit.is_none() && query.after.is_none() {
        let json = HeaderValue::from_static("application/json");
        return Ok(match db.list_json().await? {
            Some(list) => ([(header::CONTENT_TYPE, json)], list).into_response(),
            None => too_long(),
        });
    }
    let limit = query.limit.as_deref().map_or(Ok(PAGE_LIMIT_DEFAULT), page_limit)?;
    let after = query.after.as_deref().map(cursor).transpose()?;
    Ok(page_response(&db.page(limit, after).await?, limit))
}

/// How to read a list that is not answered as a whole.
fn too_long() -> Response {
    let message = format!("The list has more than {LIST_MAX_ITEMS} items: read it in pages; Link names the first");
    let mut response = Refusal::invalid_parameter("query", "limit", "missing", message, "").into_response();
    let link = format!("</api/items?limit={PAGE_LIMIT_MAX}>; rel=\"first\"");
    response.headers_mut().extend(HeaderValue::try_from(link).map(|link| (header::LINK, link)));
    response
}

fn page_response(page: &Page, limit: u32) -> Response {
    let mut response = Json(&page.items).into_response();
    response.headers_mut().insert(TOTAL_COUNT_HEADER, page.total.into());
    if let Some(last) = page.items.last().filter(|_| page.more) {
        let link = format!("</api/items?limit={limit}&after={}>; rel=\"next\"", Cursor::after(last));
        if let Ok(link) = HeaderValue::try_from(link) {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    response
}

fn page_limit(text: &str) -> Result<u32, Refusal> {
    let limit = text.parse().ok().filter(|limit| (1..=PAGE_LIMIT_MAX).contains(limit));
    limit.ok_or_else(|| {
        let message = format!("Input should be a whole number from 1 to {PAGE_LIMIT_MAX}");
        Refusal::invalid_parameter("query", "limit", "int_parsing", message, text)
    })
}

fn cursor(text: &str) -> Result<Cursor, Refusal> {
    text.parse().map_err(|_| {
        let message = "Input should be taken from the Link header of the page before".to_owned();
        Refusal::invalid_parameter("query", "after", "value_error", message, text)
    })
}

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

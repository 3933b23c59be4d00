//! The list: all of it, a page of the newest, or a page by name.

use std::{fmt::Write, str::FromStr};

use api::{Cursor, NAME_MAX_CHARS, NameCursor, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, TOTAL_COUNT_HEADER};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

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
    #[cfg_attr(test, param(pattern = "^-?[0-9]{1,14}_-?[0-9]{1,18}(_([0-9a-f]{2})*)?$"))]
    after: Option<String>,
    /// `newest` first (the default), or by `name`, in which the letters A to Z are as a to z
    #[cfg_attr(test, param(pattern = "^(newest|name)$"))]
    sort: Option<String>,
    /// Only items whose names begin so; always by `name`
    #[cfg_attr(test, param(max_length = 200, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$"))]
    search: Option<String>,
}

/// All items, newest first, if they are at most 10000; or one page of them
#[cfg_attr(
    test,
    utoipa::path(
        get, path = "/api/items", tag = "items", params(ListQuery),
        responses(
            (status = 200, description = "The items", body = Vec<api::Item>, headers(
                ("link", description = "On a page that is not the last: the next one, as `rel=\"next\"`"),
                ("x-total-count" = u64, description = "On a page with the newest first: items in all"),
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
    let by_name = is_by_name(&query)?;
    if !by_name && query.limit.is_none() && query.after.is_none() {
        let json = HeaderValue::from_static("application/json");
        return Ok(match db.list_json().await? {
            Some(list) => ([(header::CONTENT_TYPE, json)], list).into_response(),
            None => too_long(),
        });
    }
    let limit = query.limit.as_deref().map_or(Ok(PAGE_LIMIT_DEFAULT), page_limit)?;
    if by_name {
        return page_by_name(&db, limit, &query).await;
    }
    let after = query.after.as_deref().map(cursor).transpose()?;
    Ok(page_response(&db.page(limit, after).await?, limit))
}

fn is_by_name(query: &ListQuery) -> Result<bool, Refusal> {
    let refuse = |name, message: &str, input| {
        Err(Refusal::invalid_parameter("query", name, "value_error", message.to_owned(), input))
    };
    if let Some(search) = query.search.as_deref().filter(|search| !may_begin_a_name(search)) {
        return refuse("search", "Input should be what a name can begin with", search);
    }
    match query.sort.as_deref() {
        Some("name") => Ok(true),
        Some("newest") | None => Ok(query.search.is_some()),
        Some(other) => refuse("sort", "Input should be `newest` or `name`", other),
    }
}

fn may_begin_a_name(text: &str) -> bool {
    text.chars().count() <= NAME_MAX_CHARS && !text.contains(char::is_control)
}

async fn page_by_name(db: &Db, limit: u32, query: &ListQuery) -> Result<Response, Refusal> {
    let search = query.search.as_deref().unwrap_or_default();
    let after = query.after.as_deref().map(cursor).transpose()?.unwrap_or_else(|| NameCursor::before(search));
    let (items, more) = db.by_name(limit, search, after).await?;
    let mut response = Json(&items).into_response();
    if let Some(last) = items.last().filter(|_| more) {
        let search = query.search.as_deref().map(|text| format!("&search={}", encoded(text))).unwrap_or_default();
        let after = NameCursor::after(last);
        link(&mut response, &format!("</api/items?sort=name{search}&limit={limit}&after={after}>; rel=\"next\""));
    }
    Ok(response)
}

/// As it stands in a URL.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut text, byte| {
        let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let _ = if plain { write!(text, "{}", char::from(byte)) } else { write!(text, "%{byte:02X}") };
        text
    })
}

fn link(response: &mut Response, text: &str) {
    response.headers_mut().extend(HeaderValue::try_from(text).map(|link| (header::LINK, link)));
}

/// How to read a list that is not answered as a whole.
fn too_long() -> Response {
    let message = format!("The list has more than {LIST_MAX_ITEMS} items: read it in pages; Link names the first");
    let mut response = Refusal::invalid_parameter("query", "limit", "missing", message, "").into_response();
    link(&mut response, &format!("</api/items?limit={PAGE_LIMIT_MAX}>; rel=\"first\""));
    response
}

fn page_response(page: &Page, limit: u32) -> Response {
    let mut response = Json(&page.items).into_response();
    response.headers_mut().insert(TOTAL_COUNT_HEADER, page.total.into());
    if let Some(last) = page.items.last().filter(|_| page.more) {
        link(&mut response, &format!("</api/items?limit={limit}&after={}>; rel=\"next\"", Cursor::after(last)));
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

fn cursor<C: FromStr>(text: &str) -> Result<C, Refusal> {
    text.parse().map_err(|_| {
        let message = "Input should be taken from the Link header of the page before".to_owned();
        Refusal::invalid_parameter("query", "after", "value_error", message, text)
    })
}

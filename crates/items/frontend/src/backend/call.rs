//! What pages ask of the backend.

use std::fmt::Write;

use anyhow::{Context, anyhow};
use api::{Cursor, Item, NewItem, PAGE_LIMIT_DEFAULT, Problem, TOTAL_COUNT_HEADER};
use axum::http::{HeaderMap, Method, StatusCode, header};
use service::RequestId;
use tokio::time::Instant;

use super::{Backend, CallError, link, transport::Answer};

/// The backend on behalf of one request; everything that it asks shares one deadline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(super) backend: &'a Backend,
    pub(super) id: &'a RequestId,
    pub(super) deadline: Instant,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ItemsPage {
    pub(crate) items: Vec<Item>,
    /// Number of items on all pages.
    pub(crate) total: u64,
    /// Where this page begins; `None` is the newest item.
    pub(crate) after: Option<Cursor>,
    /// Where the next one begins.
    pub(crate) next: Option<Cursor>,
}

impl Call<'_> {
    /// The items after a place, newest first.
    pub(crate) async fn items(&self, after: Option<Cursor>) -> Result<ItemsPage, CallError> {
        let mut query = format!("limit={PAGE_LIMIT_DEFAULT}");
        if let Some(after) = after {
            let _ = write!(query, "&after={after}");
        }
        let answer = self.fetch(self.request_with(Method::GET, "/api/items", Some(&query))).await?;
        if answer.status != StatusCode::OK {
            return Err(CallError::Failed { status: answer.status });
        }
        Ok(ItemsPage {
            items: parse(&answer.body?)?,
            total: number(&answer.headers, TOTAL_COUNT_HEADER)?,
            after,
            next: text(&answer.headers, header::LINK.as_str()).and_then(link::next),
        })
    }

    /// One item.
    pub(crate) async fn item(&self, id: i64) -> Result<Item, CallError> {
        let answer = self.fetch(self.request(Method::GET, &item_path(id))).await?;
        match answer.status {
            StatusCode::OK => parse(&answer.body?),
            _ => Err(refusal(answer)),
        }
    }

    pub(crate) async fn create(&self, item: &NewItem) -> Result<(), CallError> {
        let answer = self.send(self.request(Method::POST, "/api/items").json(item)).await?;
        expect(answer, StatusCode::CREATED)
    }

    pub(crate) async fn replace(&self, id: i64, item: &NewItem) -> Result<(), CallError> {
        let answer = self.send(self.request(Method::PUT, &item_path(id)).json(item)).await?;
        expect(answer, StatusCode::OK)
    }

    pub(crate) async fn delete(&self, id: i64) -> Result<(), CallError> {
        let answer = self.send(self.request(Method::DELETE, &item_path(id))).await?;
        expect(answer, StatusCode::NO_CONTENT)
    }

    /// Whether the backend is alive.
    pub(crate) async fn health(&self) -> Result<(), CallError> {
        let answer = self.fetch(self.request(Method::GET, "/health")).await?;
        expect(answer, StatusCode::OK)
    }
}

fn item_path(id: i64) -> String {
    format!("/api/items/{id}")
}

fn expect(answer: Answer, status: StatusCode) -> Result<(), CallError> {
    if answer.status == status { Ok(()) } else { Err(refusal(answer)) }
}

fn refusal(answer: Answer) -> CallError {
    match answer.status {
        StatusCode::NOT_FOUND => CallError::NotFound,
        StatusCode::UNPROCESSABLE_ENTITY => match answer.body.and_then(|body| parse::<Problem>(&body)) {
            Ok(problem) => CallError::Invalid(problem.errors),
            Err(error) => error,
        },
        status => CallError::Failed { status },
    }
}

fn parse<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, CallError> {
    serde_json::from_slice(body).context("parsing the body").map_err(CallError::Broken)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn number(headers: &HeaderMap, name: &str) -> Result<u64, CallError> {
    let number = text(headers, name).and_then(|value| value.parse().ok());
    number.ok_or_else(|| CallError::Broken(anyhow!("the header `{name}` is not a number")))
}

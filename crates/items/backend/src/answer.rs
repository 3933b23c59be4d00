//! How every error is answered: RFC 9457 problem documents.

use api::{FieldError, Place, Problem};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use service::{Failure, RequestId};

use crate::db::DbError;

/// An error answer.
#[derive(Debug)]
pub(crate) struct Refusal {
    problem: Problem,
    cause: Option<Failure>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, detail: &str) -> Self {
        let title = status.canonical_reason().unwrap_or("Error").to_owned();
        let problem =
            Problem { title, status: status.as_u16(), detail: detail.to_owned(), errors: Vec::new(), request_id: None };
        Self { problem, cause: None }
    }

    pub(crate) fn no_such_item() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Item not found")
    }

    /// 422 with each thing that is wrong; the first is also the sentence in `detail`.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let sentence = errors.first().map_or_else(String::new, |error| match &error.loc[..] {
            [.., Place::Name(field)] if error.loc.len() > 1 => format!("{field}: {}", error.msg),
            _ => error.msg.clone(),
        });
        let more = errors.len().saturating_sub(1);
        let detail = if more == 0 { sentence } else { format!("{sentence} (and {more} more)") };
        let mut refusal = Self::new(StatusCode::UNPROCESSABLE_ENTITY, &detail);
        refusal.problem.errors = errors;
        refusal
    }

    /// 422 for one parameter outside of the body.
    pub(crate) fn invalid_parameter(place: &str, name: &str, kind: &str, msg: String, input: &str) -> Self {
        let input = Value::String(input.chars().take(64).collect());
        Self::invalid(vec![FieldError { kind: kind.to_owned(), loc: vec![place.into(), name.into()], msg, input }])
    }
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        let (status, detail) = match &error {
            DbError::Slow | DbError::Gone => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The database does not answer in time; a write may or may not have been made",
            ),
            DbError::Lost(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The connection to the database was lost; a write may or may not have been made",
            ),
            DbError::Unreachable(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "The database cannot be reached; a write has not been made")
            }
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        };
        Self { cause: Some(error.into()), ..Self::new(status, detail) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(mut self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status.is_server_error() {
            let current = || RequestId::current().map(|id| id.as_str().to_owned());
            self.problem.request_id = self.problem.request_id.or_else(current);
        }
        let media_type = HeaderValue::from_static(Problem::MEDIA_TYPE);
        let mut response = (status, [(header::CONTENT_TYPE, media_type)], Json(self.problem)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(cause);
        }
        response
    }
}

/// The answer when a handler panicked.
pub(crate) fn sorry(id: &RequestId) -> Response {
    let mut refusal = Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");
    refusal.problem.request_id = Some(id.as_str().to_owned());
    refusal.into_response()
}

/// The answer to what has waited for its turn in vain.
pub(crate) fn busy() -> Response {
    let detail = "There are too many requests at once; a write has not been made";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, detail).into_response()
}

pub(crate) async fn no_such_path() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "Not Found")
}

pub(crate) async fn no_such_method() -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
}

//! One request and its whole answer, before a deadline.

use anyhow::{Context, anyhow};
use axum::http::{HeaderMap, Method, StatusCode};
use reqwest::RequestBuilder;
use service::request_id;
use tokio::time::timeout_at;

use super::{Call, CallError};

/// Longest answer: 50 items with the longest name and description take 660 kB when JSON escapes every character.
const ANSWER_MAX_BYTES: usize = 1024 * 1024;

/// What came back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// The body, or why it could not be read; to a form, the status alone may be enough.
    pub(super) body: Result<Vec<u8>, CallError>,
}

impl Call<'_> {
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.request_with(method, path, None)
    }

    pub(super) fn request_with(&self, method: Method, path: &str, query: Option<&str>) -> RequestBuilder {
        let url = self.backend.url.join(path, query);
        self.backend.client.request(method, url).header(request_id::HEADER, self.id.header_value())
    }

    /// Sends a request that may be repeated: once more when its connection broke, as a kept one does when the backend
    /// is replaced.
    pub(super) async fn fetch(&self, request: RequestBuilder) -> Result<Answer, CallError> {
        let again = request.try_clone();
        match (self.send(request).await, again) {
            (Err(CallError::Unanswered(error)), Some(again)) if error.is::<reqwest::Error>() => self.send(again).await,
            (outcome, _) => outcome,
        }
    }

    /// Sends a request, once.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Answer, CallError> {
        let response = timeout_at(self.deadline, request.send()).await.map_err(|_| self.no_answer())?;
        let mut response = response.map_err(|error| {
            let wrap = if error.is_connect() { CallError::Down } else { CallError::Unanswered };
            wrap(error.into())
        })?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let body = timeout_at(self.deadline, bounded(response)).await.unwrap_or_else(|_| Err(self.no_answer()));
        Ok(Answer { status, headers, body })
    }

    fn no_answer(&self) -> CallError {
        CallError::Unanswered(anyhow!("no complete answer within {:?}", self.backend.timeout))
    }
}

async fn bounded(mut response: reqwest::Response) -> Result<Vec<u8>, CallError> {
    let mut body = Vec::new();
    loop {
        let chunk = response.chunk().await.context("reading the body").map_err(CallError::Broken)?;
        let Some(chunk) = chunk else { return Ok(body) };
        if body.len() + chunk.len() > ANSWER_MAX_BYTES {
            return Err(CallError::Broken(anyhow!("the answer is longer than {ANSWER_MAX_BYTES} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
}

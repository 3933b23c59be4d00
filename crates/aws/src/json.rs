//! The protocol of most services: JSON in a POST, the operation in a header.

use std::borrow::Cow;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Client, Error, Request};

impl Client {
    /// What is on all pages that `operation` answers `input` with. `token` names the member that asks for another page;
    /// `split` takes one apart: what is on it, and which is the next.
    pub(super) async fn pages<O: DeserializeOwned, T>(
        &self,
        operation: &'static str,
        mut input: Value,
        token: &str,
        split: impl Fn(O) -> (Vec<T>, Option<String>),
    ) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        loop {
            let (items, next) = split(self.json(operation, &input).await?);
            all.extend(items);
            match next.filter(|next| !next.is_empty()) {
                Some(next) => input[token] = next.into(),
                None => return Ok(all),
            }
        }
    }

    /// Calls `operation` with `input`.
    pub async fn json<O: DeserializeOwned>(
        &self,
        operation: &'static str,
        input: &(impl Serialize + Sync),
    ) -> Result<O, Error> {
        let service = self.service();
        let unreadable = |reason: serde_json::Error| Error::Unreadable {
            service: service.name,
            operation,
            reason: reason.to_string(),
        };
        let request = Request {
            operation,
            method: "POST",
            target: "/".into(),
            headers: vec![
                ("content-type", Cow::Borrowed("application/x-amz-json-1.1")),
                ("x-amz-target", Cow::Owned(format!("{}.{operation}", service.api))),
            ],
            body: serde_json::to_vec(input).map_err(unreadable)?,
        };
        let answer = self.send(request).await?;
        // Some calls have nothing to say but that they were done.
        let body = if answer.body.is_empty() { b"{}".as_slice() } else { &answer.body };
        serde_json::from_slice(body).map_err(unreadable)
    }
}

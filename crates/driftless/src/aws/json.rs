//! The protocol of most services: JSON in a POST, the operation in a header.

use std::borrow::Cow;

use serde::{Serialize, de::DeserializeOwned};

use super::{Client, Error, Request};

impl Client {
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

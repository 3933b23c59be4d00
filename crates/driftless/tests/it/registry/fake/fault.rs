//! How it misbehaves.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;
use tokio::time;

use super::Shared;

/// Which request of a push or pull it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::registry) enum Step {
    HeadManifest,
    GetManifest,
    PutManifest,
    /// Of what has no tag: parts of an index, and referrers.
    PutByDigest,
    HeadBlob,
    GetBlob,
    Begin,
    Mount,
    Put,
    Token,
    Referrers,
}

impl Step {
    pub(super) fn of(request: &Request) -> Self {
        let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
        let has = |part: &str| path.contains(part);
        match *request.method() {
            _ if path == "/token" => Self::Token,
            _ if has("/referrers/") => Self::Referrers,
            Method::HEAD if has("/manifests/") => Self::HeadManifest,
            Method::PUT if has("/manifests/sha256:") => Self::PutByDigest,
            Method::PUT if has("/manifests/") => Self::PutManifest,
            _ if has("/manifests/") => Self::GetManifest,
            Method::HEAD => Self::HeadBlob,
            Method::POST if query.contains("mount=") => Self::Mount,
            Method::POST => Self::Begin,
            Method::PUT => Self::Put,
            _ => Self::GetBlob,
        }
    }
}

/// What goes wrong, at which step and how often.
#[derive(Clone, Debug)]
pub(in crate::registry) struct Fault {
    step: Step,
    times: usize,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Status(StatusCode, &'static str, String),
    /// Repeats what it was authorized with.
    Echo,
    Stuck,
    WrongDigest,
    Without(header::HeaderName),
    Redirect(String),
    Truncated,
    Short,
    Trickle,
}

impl Fault {
    fn new(step: Step, kind: Kind) -> Self {
        Self { step, times: 1, kind }
    }

    pub(in crate::registry) fn always(self) -> Self {
        Self { times: usize::MAX, ..self }
    }

    pub(in crate::registry) fn status(step: Step, status: u16) -> Self {
        Self::new(step, Kind::Status(StatusCode::from_u16(status).unwrap(), "0", String::new()))
    }

    pub(in crate::registry) fn wait(step: Step, seconds: &'static str) -> Self {
        Self::new(step, Kind::Status(StatusCode::TOO_MANY_REQUESTS, seconds, String::new()))
    }

    /// An error in the registry's words.
    pub(in crate::registry) fn says(step: Step, status: u16, code: &str, message: &str) -> Self {
        let body = serde_json::json!({ "errors": [{ "code": code, "message": message }] }).to_string();
        Self::new(step, Kind::Status(StatusCode::from_u16(status).unwrap(), "0", body))
    }

    pub(in crate::registry) fn echo(step: Step) -> Self {
        Self::new(step, Kind::Echo).always()
    }

    pub(in crate::registry) fn stuck(step: Step) -> Self {
        Self::new(step, Kind::Stuck)
    }

    pub(in crate::registry) fn wrong_digest(step: Step) -> Self {
        Self::new(step, Kind::WrongDigest)
    }

    pub(in crate::registry) fn without(step: Step, name: &'static str) -> Self {
        Self::new(step, Kind::Without(header::HeaderName::from_static(name)))
    }

    pub(in crate::registry) fn redirect(step: Step, to: &str) -> Self {
        Self::new(step, Kind::Redirect(to.to_owned())).always()
    }

    /// The connection ends before the body does.
    pub(in crate::registry) fn truncated(step: Step) -> Self {
        Self::new(step, Kind::Truncated)
    }

    /// A body that ends as it promised to, but lacks something.
    pub(in crate::registry) fn short(step: Step) -> Self {
        Self::new(step, Kind::Short)
    }

    /// One byte at a time.
    pub(in crate::registry) fn trickle(step: Step) -> Self {
        Self::new(step, Kind::Trickle).always()
    }

    pub(super) async fn play(self, shared: &Shared, request: Request) -> Response {
        let authorization = request.headers().get(header::AUTHORIZATION).cloned();
        let path = request.uri().path_and_query().unwrap().to_string();
        match self.kind {
            Kind::Status(status, wait, body) => (status, [(header::RETRY_AFTER, wait)], body).into_response(),
            Kind::Echo => {
                let said = authorization.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
                let body = serde_json::json!({ "errors": [{ "code": "DENIED", "message": format!("not {said}") }] });
                (StatusCode::FORBIDDEN, body.to_string()).into_response()
            }
            Kind::Stuck => {
                let _ = request.into_body().collect().await;
                std::future::pending().await
            }
            Kind::Redirect(host) => {
                (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, format!("http://{host}{path}"))]).into_response()
            }
            kind => spoil(kind, shared.behave(self.step, request).await).await,
        }
    }
}

/// Spoils an answer that was right.
async fn spoil(kind: Kind, response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    match kind {
        Kind::WrongDigest => {
            let wrong = oci::Digest::of(b"something else").to_string();
            parts.headers.insert("docker-content-digest", wrong.parse().unwrap());
            Response::from_parts(parts, bytes.into())
        }
        Kind::Without(name) => {
            parts.headers.remove(name);
            Response::from_parts(parts, bytes.into())
        }
        Kind::Short => Response::from_parts(parts, bytes.slice(..bytes.len() - 1).into()),
        Kind::Truncated => {
            let half = bytes.slice(..bytes.len() / 2);
            let body = stream::iter([Ok(half), Err(std::io::Error::other("gone"))]);
            Response::from_parts(parts, Body::from_stream(body))
        }
        _ => {
            let bytes = stream::iter(0..bytes.len()).then(move |at| {
                let byte = bytes.slice(at..=at);
                async move {
                    time::sleep(Duration::from_millis(20)).await;
                    Ok::<Bytes, Infallible>(byte)
                }
            });
            Response::from_parts(parts, Body::from_stream(bytes))
        }
    }
}

/// The fault for this request, if there is one.
pub(super) fn take(faults: &mut [Fault], step: Step) -> Option<Fault> {
    let fault = faults.iter_mut().find(|fault| fault.step == step && fault.times > 0)?;
    fault.times -= 1;
    Some(fault.clone())
}

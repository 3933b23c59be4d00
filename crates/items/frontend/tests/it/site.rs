//! The frontend in front of some backend, as a browser sees it.

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use frontend::{App, BackendSettings, router};
use http_body_util::BodyExt;
use tower::ServiceExt;

pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";

pub(crate) struct Site(Router);

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn assert_shows(&self, texts: &[&str]) {
        for text in texts {
            assert!(self.body.contains(text), "`{text}` is not in {}", self.body);
        }
    }
}

impl Site {
    /// With so little patience that no test waits for long.
    pub(crate) fn new(backend_url: &str) -> Self {
        Self::patient(backend_url, Duration::from_millis(300))
    }

    /// For tests in which the backend answers, however busy the machine is.
    pub(crate) fn patient(backend_url: &str, backend_timeout: Duration) -> Self {
        let settings = BackendSettings {
            backend_url: backend_url.parse().unwrap(),
            backend_timeout,
            backend_connect_timeout: backend_timeout,
        };
        Self(router(App::new(&settings).unwrap()))
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.0.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Answer { status: head.status, headers: head.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form as a page of ours would, token included.
    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        let request = post(path).header("cookie", format!("csrf={TOKEN}")).header("sec-fetch-site", "same-origin");
        self.ask(request.body(format!("csrf={TOKEN}&{form}").into()).unwrap()).await
    }
}

pub(crate) fn post(path: &str) -> axum::http::request::Builder {
    Request::post(path).header("content-type", "application/x-www-form-urlencoded").header("host", "items.example")
}

/// A backend at this address refuses connections: the port was free a moment ago.
pub(crate) async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Long enough for any backend that answers.
pub(crate) const PATIENT: Duration = Duration::from_secs(20);

//! Requests to this machine, without TLS.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, StatusCode, body::Bytes, header};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::time::timeout;

/// How long an answer may take, in seconds.
const PATIENCE: u64 = 60;

/// Keeps connections for further requests.
#[derive(Clone, Debug)]
pub(crate) struct Http(Client<HttpConnector, Full<Bytes>>);

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

impl Http {
    pub(crate) fn new() -> Self {
        Self(Client::builder(TokioExecutor::new()).build_http())
    }

    /// Asks a host at an address for a path.
    pub(crate) async fn visit(&self, (host, address): &(String, SocketAddr), path: &str) -> anyhow::Result<Answer> {
        let request = Request::get(format!("http://{address}{path}")).header(header::HOST, host.as_str());
        self.send(request.body(Full::default()).context("making a request")?).await
    }

    /// Calls a service of AWS that speaks JSON.
    pub(crate) async fn aws(&self, url: &str, headers: &[(&str, &str)], body: Vec<u8>) -> anyhow::Result<Answer> {
        let request = Request::post(url).header(header::CONTENT_TYPE, "application/x-amz-json-1.1");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Full::from(body)).context("making a request")?).await
    }

    /// Sends JSON, or asks for it.
    pub(crate) async fn json(&self, method: Method, url: &str, body: Vec<u8>) -> anyhow::Result<Answer> {
        let request = Request::builder().method(method).uri(url).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Full::from(body)).context("making a request")?).await
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> anyhow::Result<Answer> {
        let answered = async {
            let answer = self.0.request(request).await?;
            let status = answer.status();
            anyhow::Ok(Answer { status, body: answer.into_body().collect().await?.to_bytes() })
        };
        timeout(Duration::from_secs(PATIENCE), answered)
            .await
            .with_context(|| format!("no answer within {PATIENCE} s"))?
    }
}

//! One call over HTTP/1.1, on a connection of its own: these are rare.

use std::{env, path::PathBuf, time::Duration};

use anyhow::{Context, ensure};
use axum::http::{HeaderValue, Request, header};
use http_body_util::{BodyExt, Limited};
use hyper::{
    body::Bytes,
    client::conn::http1,
    rt::{Read, Write},
};
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::{net::TcpStream, time::timeout};

use crate::trust;

const TIMEOUT: Duration = Duration::from_secs(3);
const LARGEST: usize = 64 * 1024;
/// Of Debian, and of the images that Driftless makes.
const BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";

/// The body of the answer to `request`, whose address is absolute. Any status but 200 is an error.
pub(super) async fn call(request: Request<String>) -> anyhow::Result<Bytes> {
    let host = request.uri().host().context("the address has no host")?.to_owned();
    let asked = host.clone();
    timeout(TIMEOUT, connect(request, host)).await.with_context(|| format!("waiting for `{asked}`"))?
}

async fn connect(mut request: Request<String>, host: String) -> anyhow::Result<Bytes> {
    let uri = request.uri().clone();
    let is_https = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if is_https { 443 } else { 80 });
    let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
    request.headers_mut().entry(header::HOST).or_insert(HeaderValue::try_from(authority)?);
    *request.uri_mut() = uri.path_and_query().map_or("/", |path| path.as_str()).parse()?;
    let doing = || format!("connecting to `{host}`");
    let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await.with_context(doing)?;
    if !is_https {
        return send(TokioIo::new(stream), request).await;
    }
    let bundle = env::var_os("SSL_CERT_FILE").map_or_else(|| PathBuf::from(BUNDLE), PathBuf::from);
    let connector = trust::connector(trust::of_file(&bundle)?)?;
    let stream = connector.connect(ServerName::try_from(host.clone())?, stream).await.with_context(doing)?;
    send(TokioIo::new(stream), request).await
}

async fn send(stream: impl Read + Write + Unpin + Send + 'static, request: Request<String>) -> anyhow::Result<Bytes> {
    let (mut sender, connection) = http1::handshake(stream).await?;
    let driver = tokio::spawn(connection);
    let answer = sender.send_request(request).await;
    let answer = async {
        let (head, body) = answer?.into_parts();
        let body = Limited::new(body, LARGEST).collect().await.map_err(|error| anyhow::anyhow!(error))?.to_bytes();
        // What AWS says of a refusal names who asked for what, and no secret.
        ensure!(head.status == 200, "the status is {}: {}", head.status, String::from_utf8_lossy(&body));
        Ok(body)
    };
    let answer = answer.await;
    driver.abort();
    answer
}

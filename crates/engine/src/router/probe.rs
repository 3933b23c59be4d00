//! One health check: a request on a connection of its own.

use std::{error::Error, net::SocketAddr, pin::pin, time::Duration};

use futures_util::future::{Either, select};
use http_body_util::Empty;
use hyper::{Request, StatusCode, body::Bytes, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

use super::{failure::words, status::Reason};

/// A check that failed.
pub(super) struct Failed {
    pub(super) reason: Reason,
    pub(super) detail: String,
}

/// Sends one `GET path` and waits at most `limit` for the whole exchange; 200 is healthy.
pub(super) async fn probe(address: SocketAddr, path: &str, limit: Duration) -> Result<(), Failed> {
    let failed = |reason, detail| Err(Failed { reason, detail });
    match timeout(limit, ask(address, path)).await {
        Ok(Ok(StatusCode::OK)) => Ok(()),
        Ok(Ok(code)) => {
            failed(Reason::ResponseCodeMismatch, format!("`GET {path}` was answered with {}, not 200", code.as_u16()))
        }
        Ok(Err(error)) => failed(Reason::FailedHealthChecks, words(error.as_ref())),
        Err(_elapsed) => failed(Reason::Timeout, format!("`GET {path}` was not answered within {limit:?}")),
    }
}

async fn ask(address: SocketAddr, path: &str) -> Result<StatusCode, Box<dyn Error + Send + Sync>> {
    let request = Request::get(path)
        .header(header::HOST, address.to_string())
        .header(header::CONNECTION, "close")
        .header(header::USER_AGENT, "ELB-HealthChecker/2.0")
        .header(header::ACCEPT_ENCODING, "gzip, compressed")
        .body(Empty::<Bytes>::new())?;
    let stream = TcpStream::connect(address).await.map_err(|error| format!("connecting to `{address}`: {error}"))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let response = match select(pin!(sender.send_request(request)), pin!(connection)).await {
        Either::Left((response, _)) => response,
        // The connection has ended; what it leaves for the request is there or never comes.
        Either::Right((_, response)) => response.await,
    };
    Ok(response?.status())
}

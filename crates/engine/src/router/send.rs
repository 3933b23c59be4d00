//! Sending one request to a target, over a kept-alive connection where there is one.

use std::{pin::pin, sync::atomic::Ordering, time::Duration};

use hyper::{Request, Response, body::Incoming};
use tokio::time::timeout;

use super::{
    failure::Failure,
    outgoing::{Outgoing, Upload},
    pool::{Link, Pool},
};

/// Sends `request` and waits for the head of its response.
///
/// A kept-alive connection can turn out to be closed. If the request was not taken, it goes to a new connection.
/// If it was sent, it is sent again only when it is safe and has no body: who knows what the target did with it.
pub(super) async fn send(
    pool: &Pool,
    mut request: Request<Outgoing>,
    idle: Duration,
) -> Result<(Response<Incoming>, Link), Failure> {
    let repeatable = request.method().is_safe() && matches!(request.body(), Outgoing::Empty);
    let upload = request.body().upload();
    let upload = upload.as_deref();
    if let Some(mut link) = pool.take(!repeatable) {
        let copy = repeatable.then(|| copy(&request));
        let mut error = match within(idle, upload, link.sender.try_send_request(request)).await? {
            Ok(response) => return Ok((response, link)),
            Err(error) => error,
        };
        request = match error.take_message().or(copy) {
            Some(request) => request,
            None => return Err(failure(upload, error.into_error())),
        };
    }
    let mut link = pool.connect().await?;
    match within(idle, upload, link.sender.send_request(request)).await? {
        Ok(response) => Ok((response, link)),
        Err(error) => Err(failure(upload, error)),
    }
}

/// Which side an exchange failed on.
fn failure(upload: Option<&Upload>, error: hyper::Error) -> Failure {
    if upload.is_some_and(|upload| upload.broken.load(Ordering::Relaxed)) {
        Failure::Upload(error)
    } else {
        Failure::Exchange(error)
    }
}

fn copy(request: &Request<Outgoing>) -> Request<Outgoing> {
    let mut copy = Request::new(Outgoing::Empty);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}

/// Waits for `response` as long as something moves at least every `idle`.
async fn within<T>(idle: Duration, upload: Option<&Upload>, response: impl Future<Output = T>) -> Result<T, Failure> {
    let mut response = pin!(response);
    let mut wait = idle;
    loop {
        if let Ok(response) = timeout(wait, response.as_mut()).await {
            return Ok(response);
        }
        let quiet = upload.map_or(idle, |upload| upload.activity.quiet());
        if quiet >= idle {
            let client = upload.is_some_and(|upload| upload.awaits_client.load(Ordering::Relaxed));
            return Err(if client { Failure::RequestTimeout } else { Failure::ResponseTimeout });
        }
        wait = idle.saturating_sub(quiet);
    }
}

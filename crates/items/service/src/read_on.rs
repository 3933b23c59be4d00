//! Reading on after an answer that did not wait for the whole body of its request.
//!
//! An ordinary client sends all of its request before it reads. If the connection is closed meanwhile, it sees that and
//! never the 413 that says why.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, Bytes, HttpBody};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use tokio::time::timeout;

/// What is read on, at most.
const BYTES: usize = 32 * 1024 * 1024;
const TIME: Duration = Duration::from_secs(5);

/// A request's body, which is read on when it is dropped before its end.
pub(crate) struct ReadOn(Option<Body>);

impl ReadOn {
    pub(crate) fn new(body: Body) -> Self {
        Self(Some(body))
    }
}

impl HttpBody for ReadOn {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.0.as_mut().map_or(Poll::Ready(None), |body| Pin::new(body).poll_frame(cx))
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.as_ref().map_or_else(SizeHint::default, HttpBody::size_hint)
    }
}

impl Drop for ReadOn {
    fn drop(&mut self) {
        if let Some(body) = self.0.take().filter(|body| !body.is_end_stream()) {
            // Who is still there after this is no ordinary client.
            tokio::spawn(timeout(TIME, read(body)));
        }
    }
}

async fn read(mut body: Body) {
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        read += frame.data_ref().map_or(0, Bytes::len);
        if read > BYTES {
            return;
        }
    }
}

//! Bodies of responses on their way to the client, a frame at a time.

use std::{
    error::Error,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use hyper::body::{Body as HttpBody, Bytes, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

use super::{pool::Link, target::Lease};

/// Why a response breaks off; hyper closes the client's connection with it.
type Broken = Box<dyn Error + Send + Sync>;

/// A response's body on its way to the client.
pub(super) enum Body {
    /// Our own words.
    Page(Option<Bytes>),
    /// The target's.
    Target(Download),
}

/// A target's response body. The request is in flight until this is dropped.
pub(super) struct Download {
    body: Incoming,
    link: Option<Link>,
    lease: Lease,
    idle: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    /// Something came since the timer was set.
    moved: bool,
}

impl Download {
    pub(super) fn new(body: Incoming, link: Link, lease: Lease, idle: Duration) -> Self {
        Self { body, link: Some(link), lease, idle, timer: None, moved: false }
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.moved = true;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let idle = self.idle;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(idle)));
        if std::mem::take(&mut self.moved) {
            timer.as_mut().reset(Instant::now() + idle);
        }
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Some(Err("the target was silent for the idle timeout".into())))
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        // A connection with an unfinished response is of no further use: dropped, it closes.
        if let Some(link) = self.link.take().filter(|_| self.body.is_end_stream()) {
            self.lease.target().pool.put(link);
        }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        match self.get_mut() {
            Self::Page(text) => Poll::Ready(text.take().map(|text| Ok(Frame::data(text)))),
            Self::Target(download) => download.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Page(text) => text.is_none(),
            Self::Target(download) => download.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Page(text) => SizeHint::with_exact(text.as_ref().map_or(0, |text| text.len() as u64)),
            Self::Target(download) => download.body.size_hint(),
        }
    }
}

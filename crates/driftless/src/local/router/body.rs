//! Bodies on their way through, a frame at a time.

use std::{
    error::Error,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use hyper::body::{Body as HttpBody, Bytes, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

use super::{activity::Activity, pool::Link, target::Lease};

/// A request's body on its way to the target.
pub(super) enum Outgoing {
    Empty,
    Client { body: Incoming, upload: Arc<Upload> },
}

/// How a request's body gets on.
pub(super) struct Upload {
    pub(super) activity: Activity,
    /// The target could take more, but the client has not sent it.
    pub(super) awaits_client: AtomicBool,
    /// The client's side failed.
    pub(super) broken: AtomicBool,
}

impl Outgoing {
    pub(super) fn new(body: Incoming) -> Self {
        if body.is_end_stream() {
            return Self::Empty;
        }
        let upload =
            Upload { activity: Activity::new(), awaits_client: AtomicBool::new(false), broken: AtomicBool::new(false) };
        Self::Client { body, upload: Arc::new(upload) }
    }

    pub(super) fn upload(&self) -> Option<Arc<Upload>> {
        match self {
            Self::Empty => None,
            Self::Client { upload, .. } => Some(upload.clone()),
        }
    }
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let Self::Client { body, upload } = self.get_mut() else {
            return Poll::Ready(None);
        };
        let frame = Pin::new(body).poll_frame(cx);
        upload.awaits_client.store(frame.is_pending(), Ordering::Relaxed);
        if let Poll::Ready(frame) = &frame {
            upload.activity.touch();
            upload.broken.store(matches!(frame, Some(Err(_))), Ordering::Relaxed);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Client { body, .. } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Client { body, .. } => body.size_hint(),
        }
    }
}

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

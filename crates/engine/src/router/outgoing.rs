//! Bodies of requests on their way to the target, a frame at a time.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use hyper::body::{Body as HttpBody, Bytes, Frame, Incoming, SizeHint};

use super::activity::Activity;

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

//! A client's connection.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use hyper::header::HeaderValue;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
};

use super::{Shared, activity::Activity, head::HeadClock, tunnel::Tunnel};

/// What visitors speak to a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTPS, whose TLS somebody has ended in front of the router.
    Https,
}

impl Scheme {
    /// As in `X-Forwarded-Proto`.
    pub(super) fn word(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

/// What the requests of one connection have in common.
pub(super) struct Client {
    pub(super) shared: Arc<Shared>,
    pub(super) address: SocketAddr,
    pub(super) scheme: Scheme,
    /// Our port, for `X-Forwarded-Port`.
    pub(super) port: HeaderValue,
    pub(super) activity: Arc<Activity>,
    pub(super) head: Arc<HeadClock>,
    /// What the connection becomes after a 101.
    pub(super) tunnel: Mutex<Option<Tunnel>>,
}

/// A client's stream: notes when bytes move, and holds its place among the connections until it is closed.
pub(super) struct ClientIo {
    stream: TcpStream,
    activity: Arc<Activity>,
    head: Arc<HeadClock>,
    _place: OwnedSemaphorePermit,
}

impl ClientIo {
    pub(super) fn new(
        stream: TcpStream,
        activity: Arc<Activity>,
        head: Arc<HeadClock>,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Self { stream, activity, head, _place: place }
    }

    fn noted<T>(&self, moved: Poll<T>) -> Poll<T> {
        if moved.is_ready() {
            self.activity.touch();
        }
        moved
    }
}

impl AsyncRead for ClientIo {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let moved = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.head.received();
        }
        self.noted(moved)
    }
}

impl AsyncWrite for ClientIo {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let moved = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.noted(moved)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let moved = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.noted(moved)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

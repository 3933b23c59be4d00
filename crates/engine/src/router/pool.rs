//! Connections to one target, kept alive between requests.

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    os::fd::AsFd,
    pin::Pin,
    sync::{Arc, Mutex, Weak},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::watch,
    task::JoinSet,
    time::timeout,
};

use super::{failure::Failure, lock, outgoing::Outgoing, settings::Settings};

/// The connections to one target.
pub(super) struct Pool {
    address: SocketAddr,
    settings: Settings,
    idle: Mutex<Idle>,
    /// What drives the connections; aborting a task cuts its connection.
    drivers: Mutex<JoinSet<()>>,
    cut: watch::Sender<bool>,
}

#[derive(Default)]
struct Idle {
    /// The most recently used at the back.
    links: VecDeque<(Link, Instant)>,
    closed: bool,
}

/// A connection that carries one request at a time.
pub(super) struct Link {
    pub(super) sender: SendRequest<Outgoing>,
    /// A second descriptor of the socket, owned by the connection, to look at without touching its bytes.
    socket: Weak<std::net::TcpStream>,
}

impl Pool {
    pub(super) fn new(address: SocketAddr, settings: &Settings) -> Arc<Self> {
        Arc::new(Self {
            address,
            settings: settings.clone(),
            idle: Mutex::default(),
            drivers: Mutex::default(),
            cut: watch::Sender::new(false),
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A kept-alive connection. With `surely_open`, one that the target had not closed when we looked: for
    /// requests that cannot be repeated should it turn out to be closed. That costs a system call.
    pub(super) fn take(&self, surely_open: bool) -> Option<Link> {
        loop {
            let (link, _) = lock::hold(&self.idle).links.pop_back()?;
            if link.sender.is_ready() && !(surely_open && link.has_news()) {
                return Some(link);
            }
        }
    }

    /// A new connection.
    pub(super) async fn connect(&self) -> Result<Link, Failure> {
        let stream = timeout(self.settings.connect_timeout, TcpStream::connect(self.address)).await;
        let stream = stream.map_err(|_elapsed| Failure::ConnectTimeout)?.map_err(Failure::Connect)?;
        let io = TargetIo::new(stream).map_err(Failure::Connect)?;
        let socket = Arc::downgrade(&io.socket);
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(self.settings.max_head_bytes)
            .handshake(TokioIo::new(io))
            .await
            .map_err(Failure::Exchange)?;
        let mut drivers = lock::hold(&self.drivers);
        if *self.cut.borrow() {
            return Err(Failure::Deregistered);
        }
        while drivers.try_join_next().is_some() {}
        drivers.spawn(async move {
            // How it ends is told to whoever has a request on it.
            let _ended = connection.with_upgrades().await;
        });
        Ok(Link { sender, socket })
    }

    /// Takes back a connection whose response has ended.
    pub(super) fn put(self: &Arc<Self>, mut link: Link) {
        if link.sender.is_ready() {
            self.keep(link);
        } else if !link.sender.is_closed() {
            // The end of the response has reached us before its connection has noticed.
            let pool = Arc::downgrade(self);
            lock::hold(&self.drivers).spawn(async move {
                if link.sender.ready().await.is_ok()
                    && let Some(pool) = pool.upgrade()
                {
                    pool.keep(link);
                }
            });
        }
    }

    fn keep(&self, link: Link) {
        let mut idle = lock::hold(&self.idle);
        if !idle.closed {
            idle.links.push_back((link, Instant::now()));
        }
    }

    /// Closes connections that were not used for the idle timeout, or that the target has closed.
    pub(super) fn forget_old(&self) {
        let limit: Duration = self.settings.idle_timeout;
        let mut idle = lock::hold(&self.idle);
        idle.links.retain(|(link, since)| since.elapsed() < limit && !link.sender.is_closed());
    }

    /// Closes the idle connections, and the others as their responses end.
    pub(super) fn close(&self) {
        let mut idle = lock::hold(&self.idle);
        idle.closed = true;
        idle.links.clear();
    }

    /// Closes every connection and tunnel now.
    pub(super) fn cut(&self) {
        self.close();
        self.cut.send_replace(true);
        lock::hold(&self.drivers).abort_all();
    }

    /// Resolves when the pool is cut; for tunnels, which have left the drivers.
    pub(super) fn until_cut(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut cut = self.cut.subscribe();
        async move {
            // An error means that the pool is gone, which cuts as well.
            let _gone = cut.wait_for(|cut| *cut).await;
        }
    }
}

impl Link {
    /// Whether the target has closed the idle connection, or sent something that nobody asked for.
    fn has_news(&self) -> bool {
        let Some(socket) = self.socket.upgrade() else { return true };
        let quiet = |error: io::Error| error.kind() == io::ErrorKind::WouldBlock;
        !socket.peek(&mut [0]).is_err_and(quiet)
    }
}

/// A TCP stream together with a second descriptor of its socket.
struct TargetIo {
    stream: TcpStream,
    socket: Arc<std::net::TcpStream>,
}

impl TargetIo {
    fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let socket = Arc::new(stream.as_fd().try_clone_to_owned()?.into());
        Ok(Self { stream, socket })
    }
}

impl AsyncRead for TargetIo {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for TargetIo {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
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

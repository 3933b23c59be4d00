//! A network of a task's own, seen from outside: the ways that lead into it and out of it.

mod listeners;
mod memory;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, ErrorKind, IoSliceMut},
    mem::MaybeUninit,
    net::{SocketAddr, SocketAddrV4},
    os::{fd::OwnedFd, unix::fs::MetadataExt},
    path::{Path, PathBuf},
    sync::{Arc, Mutex as StdMutex, PoisonError},
};

use anyhow::Context;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use tokio::{
    io::{AsyncWriteExt, Interest, copy_bidirectional},
    net::{TcpListener, TcpStream, UnixListener, UnixStream},
    sync::Mutex,
    task::JoinHandle,
};

use crate::sandbox::{self, Asked};

/// What a task is started with gets nothing of ours.
#[cfg(target_os = "linux")]
const CLOSED_ON_EXEC: RecvFlags = RecvFlags::CMSG_CLOEXEC;
#[cfg(not(target_os = "linux"))]
const CLOSED_ON_EXEC: RecvFlags = RecvFlags::empty();

/// What a task's network is to be. What the task listens at on 127.0.0.1 alone is not found.
#[derive(Clone, Debug)]
pub struct Network {
    /// Addresses in 10.0.0.0/8 at which the task finds others, and where each leads to out here.
    pub ways: BTreeMap<SocketAddrV4, SocketAddr>,
}

/// A network that waits for its task.
pub(crate) struct Waiting {
    path: PathBuf,
    listener: UnixListener,
    to: Vec<SocketAddr>,
}

/// The way into a task's network, and those out of it, which end with it.
pub(crate) struct Ways {
    inside: Mutex<UnixStream>,
    leading: Vec<JoinHandle<()>>,
}

impl Waiting {
    /// Waits at `path`; what the task is told of it.
    pub(crate) fn begin(path: &Path, network: &Network) -> anyhow::Result<(Self, sandbox::Network)> {
        let waiting = || format!("listening at `{}`", path.display());
        path.parent().map_or(Ok(()), fs::create_dir_all).with_context(waiting)?;
        let listener = UnixListener::bind(path).with_context(waiting)?;
        let told = sandbox::Network { ways: network.ways.keys().copied().collect(), engine: path.to_owned() };
        Ok((Self { path: path.to_owned(), listener, to: network.ways.values().copied().collect() }, told))
    }

    /// The task is there: leads what it connects to.
    pub(crate) async fn joined(self) -> io::Result<Ways> {
        let (inside, _) = self.listener.accept().await?;
        let mut leading = Vec::new();
        for to in &self.to {
            let Some(listener) = received(&inside).await? else { continue };
            let listener = std::net::TcpListener::from(listener);
            listener.set_nonblocking(true)?;
            leading.push(tokio::spawn(lead(TcpListener::from_std(listener)?, *to)));
        }
        Ok(Ways { inside: Mutex::new(inside), leading })
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // It is in a directory that is removed.
        let _ = fs::remove_file(&self.path);
    }
}

impl Ways {
    /// Connects to a port of the task.
    pub(crate) async fn connect(&self, port: u16) -> io::Result<TcpStream> {
        let stream = self.ask(Asked::Port(port)).await?.ok_or(ErrorKind::ConnectionRefused)?;
        let stream = std::net::TcpStream::from(stream);
        stream.set_nonblocking(true)?;
        TcpStream::from_std(stream)
    }

    /// Where programs of the task listen.
    pub(crate) async fn listeners(&self) -> io::Result<Vec<SocketAddr>> {
        let mut listeners = Vec::new();
        for asked in [Asked::Listeners, Asked::Listeners6] {
            // There may be no IPv6.
            let Some(file) = self.ask(asked).await? else { continue };
            listeners.extend(listeners::read(&io::read_to_string(File::from(file))?));
        }
        listeners.dedup();
        Ok(listeners)
    }

    /// Bytes of memory that the task's programs hold now.
    pub(crate) async fn memory(&self) -> io::Result<u64> {
        let file = self.ask(Asked::Name).await?.ok_or(ErrorKind::NotFound)?;
        memory::of_network(File::from(file).metadata()?.ino())
    }

    async fn ask(&self, asked: Asked) -> io::Result<Option<OwnedFd>> {
        let mut inside = self.inside.lock().await;
        inside.write_all(&asked.write()).await?;
        received(&inside).await
    }
}

impl Drop for Ways {
    fn drop(&mut self) {
        self.leading.iter().for_each(JoinHandle::abort);
    }
}

/// Doors out here, each of which leads to the same port of a task.
#[derive(Default)]
pub(crate) struct Doors(StdMutex<Vec<JoinHandle<()>>>);

impl Doors {
    /// Has connections to `address` lead to the task's port of that number.
    pub(crate) async fn open(&self, ways: &Arc<Ways>, address: SocketAddr) -> anyhow::Result<()> {
        let listener = TcpListener::bind(address).await.with_context(|| format!("listening on `{address}`"))?;
        let ways = Arc::clone(ways);
        let leading = tokio::spawn(async move {
            loop {
                let Ok((mut from, _)) = listener.accept().await else { continue };
                let ways = Arc::clone(&ways);
                tokio::spawn(async move {
                    // Refused, or the task has ended: so does the connection.
                    let Ok(mut to) = ways.connect(address.port()).await else { return };
                    let _ = copy_bidirectional(&mut from, &mut to).await;
                });
            }
        });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(leading);
        Ok(())
    }
}

impl Drop for Doors {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(JoinHandle::abort);
    }
}

/// The socket that comes next; none if there is none.
async fn received(inside: &UnixStream) -> io::Result<Option<OwnedFd>> {
    inside.async_io(Interest::READABLE, || take(inside)).await
}

fn take(inside: &UnixStream) -> io::Result<Option<OwnedFd>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut more = RecvAncillaryBuffer::new(&mut space);
    let mut there = [0];
    let came = recvmsg(inside, &mut [IoSliceMut::new(&mut there)], &mut more, CLOSED_ON_EXEC)?;
    if came.bytes == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(more.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut sockets) => sockets.next(),
        _ => None,
    }))
}

async fn lead(listener: TcpListener, to: SocketAddr) {
    loop {
        let Ok((mut from, _)) = listener.accept().await else { continue };
        tokio::spawn(async move {
            // Nobody is there: the connection ends.
            let Ok(mut to) = TcpStream::connect(to).await else { return };
            let _ = copy_bidirectional(&mut from, &mut to).await;
        });
    }
}

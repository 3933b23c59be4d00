//! A network of a task's own, seen from inside: an interface, at whose other end is what the task may reach. What leads in and out are
//! sockets that are made here and given to the engine, which a namespace does not keep from using them.

mod link;

use std::{
    fs::File,
    io::{self, IoSlice, Read},
    mem::MaybeUninit,
    net::{IpAddr, Ipv4Addr, TcpListener, TcpStream},
    os::{
        fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
        unix::net::UnixStream,
    },
    time::Duration,
};

use anyhow::Context;
use rustix::{
    net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg},
    thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space},
};

use self::link::Links;
use super::{Asked, Network, privileges};

/// The interface of the task, and its address. What listens at 127.0.0.1 alone is not found there.
const OURS: (&str, Ipv4Addr) = ("eth0", Ipv4Addr::new(10, 0, 0, 2));
/// The other end.
const THEIRS: (&str, Ipv4Addr) = ("way0", Ipv4Addr::new(10, 0, 0, 1));
/// Leading bits of the network that both are in, and all that the task may reach.
const BITS: u8 = 8;

/// How long a connection to a program on the same machine may take.
const CONNECT: Duration = Duration::from_secs(1);

/// A network that was entered.
pub(super) struct Joined {
    engine: UnixStream,
    /// Where the other end of the interface is: both are gone with the last hold on it.
    _there: File,
}

/// Enters a new network, and hands the engine what listens at the ways out of it, in their order. The process must have one
/// thread.
///
/// They are in a network of their own, so that the task may listen wherever it likes.
pub(super) fn enter(network: &Network) -> anyhow::Result<Joined> {
    let engine = UnixStream::connect(&network.engine).context("connecting to the engine")?;
    let there = unshared()?;
    let here = unshared()?;
    Links::new()
        .and_then(|links| {
            links.join(OURS.0, THEIRS.0, there.as_raw_fd())?;
            links.address(OURS.0, OURS.1, BITS)?;
            links.raise("lo")?;
            links.raise(OURS.0)
        })
        .context("making a network interface")?;
    into(&there)?;
    open_ways(network, &engine)?;
    into(&here)?;
    Ok(Joined { engine, _there: there })
}

/// A new network, which this process is in from now on.
fn unshared() -> anyhow::Result<File> {
    privileges::unshare(UnshareFlags::NEWNET).context("making a network namespace")?;
    File::open("/proc/self/ns/net").context("opening a network namespace")
}

fn into(namespace: &File) -> anyhow::Result<()> {
    let moved = move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network));
    moved.context("entering a network namespace")
}

/// Listens at the other end, wherever the task finds somebody.
fn open_ways(network: &Network, engine: &UnixStream) -> anyhow::Result<()> {
    let mut addresses: Vec<_> = network.ways.iter().map(|way| *way.ip()).collect();
    addresses.dedup();
    Links::new()
        .and_then(|links| {
            links.address(THEIRS.0, THEIRS.1, BITS)?;
            addresses.iter().try_for_each(|address| links.address(THEIRS.0, *address, 32))?;
            links.raise(THEIRS.0)
        })
        .context("giving a network interface its addresses")?;
    for way in &network.ways {
        let listener = TcpListener::bind(way).with_context(|| format!("listening on `{way}`"))?;
        hand_over(engine, Some(listener.as_fd())).context("telling the engine of it")?;
    }
    Ok(())
}

impl Joined {
    /// Answers what the engine asks for, until it is gone: a connection, or a file that tells of this network.
    pub(super) fn answer(mut self) {
        let mut asked = [0; Asked::BYTES];
        while self.engine.read_exact(&mut asked).is_ok() {
            let found = match Asked::read(asked) {
                Asked::Port(port) => connect(port).map(OwnedFd::from),
                Asked::Listeners => File::open("/proc/self/net/tcp").map(OwnedFd::from),
                Asked::Listeners6 => File::open("/proc/self/net/tcp6").map(OwnedFd::from),
                Asked::Name => File::open("/proc/self/ns/net").map(OwnedFd::from),
            };
            if hand_over(&self.engine, found.as_ref().ok().map(AsFd::as_fd)).is_err() {
                return;
            }
        }
    }
}

fn connect(port: u16) -> io::Result<TcpStream> {
    TcpStream::connect_timeout(&(IpAddr::from(OURS.1), port).into(), CONNECT)
}

/// Gives the engine a descriptor, or says that there is none: one byte, and with it the descriptor.
fn hand_over(engine: &UnixStream, found: Option<BorrowedFd<'_>>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut more = SendAncillaryBuffer::new(&mut space);
    let found: Vec<_> = found.into_iter().collect();
    if !found.is_empty() {
        more.push(SendAncillaryMessage::ScmRights(&found));
    }
    let there = [u8::from(!found.is_empty())];
    sendmsg(engine, &[IoSlice::new(&there)], &mut more, SendFlags::NOSIGNAL)?;
    Ok(())
}

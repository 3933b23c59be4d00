//! Links between network namespaces, made by the kernel's own protocol: rtnetlink(7).

use std::{io, net::Ipv4Addr, os::fd::OwnedFd};

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netdevice, recv, send, socket_with};

const REQUEST_ACKNOWLEDGED: u16 = 0x1 | 0x4;
const CREATE_NEW: u16 = 0x400 | 0x200;
const ERROR: u16 = 2;
const NEW_LINK: u16 = 16;
const NEW_ADDRESS: u16 = 20;

/// Attributes of a link: `linux/if_link.h`, `linux/veth.h`.
mod of_link {
    pub(super) const NAME: u16 = 3;
    pub(super) const INFO: u16 = 18;
    pub(super) const NAMESPACE: u16 = 28;
    pub(super) const KIND: u16 = 1;
    pub(super) const DATA: u16 = 2;
    pub(super) const PEER: u16 = 1;
}

/// Attributes of an address: `linux/if_addr.h`.
mod of_address {
    pub(super) const ADDRESS: u16 = 1;
    pub(super) const LOCAL: u16 = 2;
}

/// What is said of a link before its attributes: nothing, of a new one.
const LINK: [u8; 16] = [0; 16];

/// Speaks of the network that its maker was in when it was made.
pub(super) struct Links(OwnedFd);

impl Links {
    pub(super) fn new() -> io::Result<Self> {
        // The protocol that stands for no other is NETLINK_ROUTE.
        Ok(Self(socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?))
    }

    /// Makes two ends of one cable: `here`, and `there` in the network `namespace`.
    pub(super) fn join(&self, here: &str, there: &str, namespace: i32) -> io::Result<()> {
        let far = [named(there), attribute(of_link::NAMESPACE, &namespace.to_ne_bytes())].concat();
        let peer = attribute(of_link::PEER, &[&LINK[..], &far].concat());
        let info = [attribute(of_link::KIND, b"veth"), attribute(of_link::DATA, &peer)].concat();
        self.ask(NEW_LINK, CREATE_NEW, &[&LINK[..], &named(here), &attribute(of_link::INFO, &info)].concat())
    }

    /// Gives an end an address, in a network of so many leading bits.
    pub(super) fn address(&self, name: &str, at: Ipv4Addr, bits: u8) -> io::Result<()> {
        let index = netdevice::name_to_index(&self.0, name)?;
        let family = AddressFamily::INET.as_raw().to_ne_bytes()[0];
        let mut body = vec![family, bits, 0, 0];
        body.extend(index.to_ne_bytes());
        body.extend(attribute(of_address::LOCAL, &at.octets()));
        body.extend(attribute(of_address::ADDRESS, &at.octets()));
        self.ask(NEW_ADDRESS, CREATE_NEW, &body)
    }

    /// Raises an end: a new one is down.
    pub(super) fn raise(&self, name: &str) -> io::Result<()> {
        const UP: u32 = 1;
        let index = netdevice::name_to_index(&self.0, name)?;
        // The flags, and which of them count.
        self.ask(NEW_LINK, 0, &[[0; 4], index.to_ne_bytes(), UP.to_ne_bytes(), UP.to_ne_bytes()].concat())
    }

    /// Sends a request, and waits for the kernel's answer.
    fn ask(&self, kind: u16, flags: u16, body: &[u8]) -> io::Result<()> {
        let length = u32::try_from(16 + body.len()).map_err(io::Error::other)?;
        let mut message = length.to_ne_bytes().to_vec();
        message.extend(kind.to_ne_bytes());
        message.extend((REQUEST_ACKNOWLEDGED | flags).to_ne_bytes());
        message.extend([0; 8]);
        message.extend(body);
        send(&self.0, &message, SendFlags::empty())?;
        let mut answer = [0; 4096];
        let (count, _) = recv(&self.0, &mut answer, RecvFlags::empty())?;
        let word = |at: usize| answer[..count].get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        let is_answer = answer[4..6] == ERROR.to_ne_bytes();
        match word(16).map(i32::from_ne_bytes).filter(|_| is_answer) {
            Some(0) => Ok(()),
            Some(error) => Err(io::Error::from_raw_os_error(-error)),
            None => Err(io::Error::other("the kernel's answer is of another kind")),
        }
    }
}

/// A name, which ends with a zero.
fn named(name: &str) -> Vec<u8> {
    attribute(of_link::NAME, &[name.as_bytes(), &[0]].concat())
}

/// An attribute, filled up to whole words.
fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(4 + value.len()).unwrap_or(u16::MAX);
    let mut bytes = length.to_ne_bytes().to_vec();
    bytes.extend(kind.to_ne_bytes());
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

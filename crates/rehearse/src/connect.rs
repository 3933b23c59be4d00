//! Service Connect: a name and a port of its own on this machine for each that is registered, which lead to the tasks behind it.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// The tasks behind a name, in the order of their turns.
type Behind = Arc<Mutex<Vec<(String, SocketAddr)>>>;

/// All names.
#[derive(Default)]
pub(crate) struct Names {
    /// By namespace and name.
    addresses: BTreeMap<(String, String), Ipv4Addr>,
    /// By namespace, name and port.
    ways: BTreeMap<(String, String, u16), Way>,
}

struct Way {
    behind: Behind,
    leading: JoinHandle<()>,
}

impl Names {
    /// Makes `name` known in a namespace, at `port`.
    pub(crate) async fn add(&mut self, namespace: &str, name: &str, port: u16) -> anyhow::Result<()> {
        let key = (namespace.to_owned(), name.to_owned(), port);
        if self.ways.contains_key(&key) {
            return Ok(());
        }
        let next = u16::try_from(self.addresses.len() + 1).context("there are too many names")?;
        let address =
            *self.addresses.entry((namespace.to_owned(), name.to_owned())).or_insert_with(|| numbered(65, next));
        let listening = || format!("listening on port {port} of {address} for `{name}`");
        let listener = TcpListener::bind((address, port)).await.with_context(listening)?;
        let behind = Behind::default();
        let leading = tokio::spawn(lead(listener, Arc::clone(&behind)));
        self.ways.insert(key, Way { behind, leading });
        Ok(())
    }

    /// Has `name` lead to a task, too.
    pub(crate) fn lead_to(&self, namespace: &str, name: &str, port: u16, task: &str, address: SocketAddr) {
        let Some(way) = self.ways.get(&(namespace.to_owned(), name.to_owned(), port)) else { return };
        let mut behind = way.behind.lock().unwrap_or_else(PoisonError::into_inner);
        if !behind.iter().any(|(known, _)| known == task) {
            behind.push((task.to_owned(), address));
        }
    }

    /// Has no name lead to a task any more.
    pub(crate) fn forget(&self, task: &str) {
        for way in self.ways.values() {
            way.behind.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _)| known != task);
        }
    }

    /// The names of a namespace, for tasks that have a network of their own.
    pub(crate) fn of(&self, namespace: &str) -> BTreeMap<String, IpAddr> {
        let ours = self.addresses.iter().filter(|((space, _), _)| space == namespace);
        ours.map(|((_, name), address)| (name.clone(), inside(*address).into())).collect()
    }

    /// Where their addresses lead to out here.
    pub(crate) fn ways(&self, namespace: &str) -> BTreeMap<SocketAddrV4, SocketAddr> {
        let ours = self.ways.keys().filter(|(space, ..)| space == namespace);
        let addresses = ours.filter_map(|(space, name, port)| {
            let address = self.addresses.get(&(space.clone(), name.clone()))?;
            Some((SocketAddrV4::new(inside(*address), *port), (*address, *port).into()))
        });
        addresses.collect()
    }
}

/// The address inside a task's network of what has `address` out here.
fn inside(address: Ipv4Addr) -> Ipv4Addr {
    let [_, rest @ ..] = address.octets();
    Ipv4Addr::new(10, rest[0], rest[1], rest[2])
}

impl Drop for Way {
    fn drop(&mut self) {
        self.leading.abort();
    }
}

/// The loopback address of that number in the block 127.`block`.0.0/16.
pub(crate) fn numbered(block: u8, number: u16) -> Ipv4Addr {
    let [high, low] = number.to_be_bytes();
    Ipv4Addr::new(127, block, high, low)
}

async fn lead(listener: TcpListener, behind: Behind) {
    loop {
        let Ok((mut from, _)) = listener.accept().await else { continue };
        let next = {
            let mut behind = behind.lock().unwrap_or_else(PoisonError::into_inner);
            // Each in its turn.
            if behind.len() > 1 {
                behind.rotate_left(1);
            }
            behind.first().map(|(_, address)| *address)
        };
        tokio::spawn(async move {
            // Nobody behind the name: the connection ends, as without a healthy endpoint.
            let Some(address) = next else { return };
            if let Ok(mut to) = TcpStream::connect(address).await {
                // How it ended is for those who spoke.
                let _ = copy_bidirectional(&mut from, &mut to).await;
            }
        });
    }
}

//! Ports for tasks: free now, and not to be taken by an outgoing connection in the moment until the task listens.

use std::{
    collections::BTreeSet,
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context;

/// The first port that tasks get.
const FIRST: u16 = 20_000;
/// The first port of outgoing connections where the system does not say.
const EPHEMERAL: u16 = 32_768;

/// Hands out ports of the loopback address, each to one task at a time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ports {
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    ports: BTreeSet<u16>,
    last: Option<u16>,
}

/// A port that nobody else gets while this exists.
#[derive(Debug)]
pub(crate) struct Port {
    number: u16,
    ports: Ports,
}

impl Ports {
    /// A free port.
    pub(crate) fn take(&self) -> anyhow::Result<Port> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let end = first_ephemeral().filter(|end| *end > FIRST).unwrap_or(EPHEMERAL);
        // Engines side by side start at different places, and a port just given back is not used again at once.
        let start = held.last.map_or_else(|| FIRST + spread(end - FIRST), |last| last.wrapping_add(1));
        let candidates = (start.clamp(FIRST, end - 1)..end).chain(FIRST..end);
        let number = candidates
            .into_iter()
            .find(|port| !held.ports.contains(port) && is_free(*port))
            .with_context(|| format!("looking for a free port: {FIRST} to {} are all in use", end - 1))?;
        held.ports.insert(number);
        held.last = Some(number);
        Ok(Port { number, ports: self.clone() })
    }
}

impl Port {
    pub(crate) fn number(&self) -> u16 {
        self.number
    }

    /// True if somebody else listens on it, which no check beforehand can rule out. Our own task must have ended.
    pub(crate) fn was_stolen(&self) -> bool {
        !is_free(self.number)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.number).into()
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.ports.held.lock().unwrap_or_else(PoisonError::into_inner).ports.remove(&self.number);
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn first_ephemeral() -> Option<u16> {
    let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok()?;
    range.split_whitespace().next()?.parse().ok()
}

/// A number below `limit` that differs between processes.
fn spread(limit: u16) -> u16 {
    u16::try_from(std::process::id().wrapping_mul(97) % u32::from(limit)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn gives_each_port_to_one_task_at_a_time() {
        let ports = Ports::default();
        let held: Vec<_> = (0..20).map(|_| ports.take().unwrap()).collect();
        let numbers: BTreeSet<_> = held.iter().map(Port::number).collect();
        assert_eq!(numbers.len(), 20);
        drop(held);
        assert!(ports.held.lock().unwrap().ports.is_empty());
    }

    #[test]
    fn passes_over_a_port_that_somebody_listens_on() {
        let ports = Ports::default();
        let taken = ports.take().unwrap();
        let _listener = TcpListener::bind(taken.address()).unwrap();
        let number = taken.number();
        drop(taken);
        ports.held.lock().unwrap().last = Some(number - 1);
        assert_ne!(ports.take().unwrap().number(), number);
    }
}

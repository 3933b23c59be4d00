//! A TCP relay that counts what goes through it, and cuts connections.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
};

/// Listens on a free port and connects whoever comes to `upstream`.
pub(super) struct Relay {
    pub(super) address: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    up: AtomicUsize,
    /// The direction that is cut, and after how many bytes of a connection.
    cut: Mutex<Option<(bool, usize)>>,
}

impl Relay {
    pub(super) fn to(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared::default());
        let (relay, upstream) = (shared.clone(), upstream.to_owned());
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(&upstream).unwrap());
                let (back_client, back_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let (up, down) = (relay.clone(), relay.clone());
                thread::spawn(move || copy(client, server, true, &up));
                thread::spawn(move || copy(back_server, back_client, false, &down));
            }
        });
        Self { address, shared }
    }

    /// Bytes that clients sent since this was last asked: headers and bodies.
    pub(super) fn sent(&self) -> usize {
        self.shared.up.swap(0, SeqCst)
    }

    /// Ends the first connection that carries more than `at` bytes in one direction, at that byte.
    pub(super) fn cut_once(&self, up: bool, at: usize) {
        *self.shared.cut.lock().unwrap() = Some((up, at));
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream, up: bool, shared: &Shared) {
    let mut buffer = vec![0; 64 << 10];
    let mut carried = 0;
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if up {
            shared.up.fetch_add(count, SeqCst);
        }
        let cut = {
            let mut cut = shared.cut.lock().unwrap();
            let due = cut.filter(|(direction, at)| *direction == up && carried + count > *at);
            if due.is_some() {
                *cut = None;
            }
            due
        };
        if let Some((_, at)) = cut {
            let _ = to.write_all(&buffer[..at - carried]);
            // Both ways, for both sides: nobody hears anything more.
            let _ = from.shutdown(Shutdown::Both);
            let _ = to.shutdown(Shutdown::Both);
            return;
        }
        carried += count;
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

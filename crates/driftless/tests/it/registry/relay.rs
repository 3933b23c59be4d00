//! A TCP relay that counts what goes through it.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
};

/// Listens on a free port and connects whoever comes to `upstream`.
pub(super) struct Relay {
    pub(super) address: String,
    up: Arc<AtomicUsize>,
}

impl Relay {
    pub(super) fn to(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let up = Arc::new(AtomicUsize::new(0));
        let (counter, upstream) = (up.clone(), upstream.to_owned());
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(&upstream).unwrap());
                let (back_client, back_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let counter = counter.clone();
                thread::spawn(move || copy(client, server, &counter));
                thread::spawn(move || copy(back_server, back_client, &AtomicUsize::new(0)));
            }
        });
        Self { address, up }
    }

    /// Bytes that clients sent since this was last asked: headers and bodies.
    pub(super) fn sent(&self) -> usize {
        self.up.swap(0, SeqCst)
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream, counter: &AtomicUsize) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        counter.fetch_add(count, SeqCst);
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

//! Clients that mean no good, or do not know what they do.

use std::time::Duration;

use engine::router::Settings;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use super::support::{DEADLINE, OK, Routed, answering, head, response, scripted, status, to_end};

/// A generator of the same bytes every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n as u64).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_bytes_harm_nobody_but_their_sender() {
    let routed = Routed::to(&[answering(OK).await]).await;
    let whole = b"POST /a/b?c=d HTTP/1.1\r\nHost: a\r\nConnection: x, upgrade\r\nUpgrade: y\r\nExpect: 100-continue\r\n\
                  X-Forwarded-For: 1, 2\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: u\r\n\r\nGET / HTTP/1.0\r\n\r\n";
    let mut dice = Dice(0x5eed);
    for round in 0..600 {
        let mut bytes = whole.to_vec();
        match round % 3 {
            0 => (0..=dice.below(6)).for_each(|_| {
                let at = dice.below(bytes.len());
                bytes[at] = u8::try_from(dice.below(256)).unwrap();
            }),
            1 => {
                let (a, b) = (dice.below(bytes.len()), dice.below(bytes.len()));
                bytes.drain(a.min(b)..a.max(b));
            }
            _ => bytes = (0..dice.below(400)).map(|_| u8::try_from(dice.below(256)).unwrap()).collect(),
        }
        let mut client = routed.connect().await;
        // Closed in the middle is fine; that the router goes on is what counts.
        let _closed = client.write_all(&bytes).await;
        let _closed = client.shutdown().await;
        to_end(&mut client).await;
    }
    assert_eq!(status(&routed.get("/").await), 200);
    super::support::eventually("nothing is in flight", || routed.target("0").in_flight == 0).await;
}

#[tokio::test]
async fn heads_without_bounds_are_refused() {
    let routed = Routed::to(&[answering(OK).await]).await;
    let long = "a".repeat(200_000);
    for (request, code) in [
        (format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"), [414, 431]),
        (format!("GET / HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n"), [431, 431]),
        (format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: y\r\n".repeat(1000)), [431, 431]),
    ] {
        let mut client = routed.connect().await;
        let _closed = client.write_all(request.as_bytes()).await;
        let mut answer = [0; 64];
        let length = timeout(DEADLINE, client.read(&mut answer)).await.unwrap().unwrap_or(0);
        let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
        // The refusal can be lost to a reset when we were still writing.
        assert!(answer.is_empty() || code.contains(&status(&answer)), "{answer}");
    }
    assert_eq!(status(&routed.get("/").await), 200);
}

#[tokio::test]
async fn a_client_that_never_finishes_its_head_is_closed_and_so_is_one_that_never_asks() {
    let settings = Settings { header_timeout: Duration::from_millis(100), ..Settings::default() };
    let routed = Routed::with(settings, &[answering(OK).await]).await;
    for start in ["", "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "] {
        let mut client = routed.connect().await;
        client.write_all(start.as_bytes()).await.unwrap();
        to_end(&mut client).await;
    }
    let mut client = routed.connect().await;
    client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    assert_eq!(status(&response(&mut client).await), 200);
    to_end(&mut client).await;
}

#[tokio::test]
async fn a_head_that_trickles_in_ends_sooner_than_a_connection_that_asks_nothing() {
    let settings = Settings { slow_head_timeout: Duration::from_millis(300), ..Settings::default() };
    let target = scripted(|mut stream, mut request| async move {
        loop {
            if request.starts_with("POST") {
                stream.read_exact(&mut [0; 2]).await.unwrap();
            }
            stream.write_all(OK).await.unwrap();
            let Some(next) = head(&mut stream).await else { return };
            request = next;
        }
    });
    let routed = Routed::with(settings, &[target.await]).await;
    let mut patient = routed.connect().await;
    let ask = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for _ in 0..2 {
        patient.write_all(ask).await.unwrap();
        assert_eq!(status(&response(&mut patient).await), 200);
        // One that never rests, and never asks.
        let mut slow = routed.connect().await;
        let trickle = async {
            while slow.write_all(b"X").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(DEADLINE, trickle).await.expect("it is closed");
    }
    // What was idle meanwhile, for longer than a head may take, is not.
    patient.write_all(ask).await.unwrap();
    assert_eq!(status(&response(&mut patient).await), 200);
    // And a body may take its time.
    let mut upload = routed.connect().await;
    upload.write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(400)).await;
    upload.write_all(b"ok").await.unwrap();
    assert_eq!(status(&response(&mut upload).await), 200);
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed() {
    let target = scripted(|mut stream, _| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        while stream.write_all(&[0; 4096]).await.is_ok() {}
    });
    let settings = Settings { idle_timeout: Duration::from_millis(200), ..Settings::default() };
    let routed = Routed::with(settings, &[target.await]).await;
    let mut client = routed.connect().await;
    client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    super::support::eventually("it is in flight", || routed.target("0").in_flight == 1).await;
    super::support::eventually("it is cut", || routed.target("0").in_flight == 0).await;
}

#[tokio::test]
async fn connections_above_the_limit_wait_their_turn() {
    let settings = Settings { max_connections: 2, ..Settings::default() };
    let routed = Routed::with(settings, &[answering(OK).await]).await;
    let mut clients = [routed.connect().await, routed.connect().await, routed.connect().await];
    for client in &mut clients {
        client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    }
    let [first, second, mut third] = clients;
    for mut served in [first, second] {
        assert_eq!(status(&response(&mut served).await), 200);
        let waits = timeout(Duration::from_millis(50), third.readable()).await;
        assert!(waits.is_err(), "the third is served beside two others");
        if routed.router.targets()[0].in_flight == 0 {
            drop(served);
            break;
        }
    }
    assert_eq!(status(&response(&mut third).await), 200);
}

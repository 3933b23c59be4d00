//! Taking targets and the router itself out of service.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use engine::router::{Reason, TargetState};
use tokio::{
    io::AsyncWriteExt,
    sync::{mpsc, watch},
    time::timeout,
};

use super::support::{DEADLINE, OK, Routed, answering, body, eventually, head, response, scripted, status, to_end};

/// A target that sends the head and half the body, and the rest when told.
async fn halting() -> (std::net::SocketAddr, watch::Sender<bool>) {
    let (go, went) = watch::channel(false);
    let target = scripted(move |mut stream, _| {
        let mut went = went.clone();
        async move {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nha").await.unwrap();
            went.wait_for(|went| *went).await.unwrap();
            stream.write_all(b"lf").await.ok();
            to_end(&mut stream).await;
        }
    });
    (target.await, go)
}

#[tokio::test]
async fn a_draining_target_finishes_what_it_has_and_gets_nothing_new() {
    let (old, go) = halting().await;
    let routed = Routed::to(&[old]).await;
    let mut client = routed.connect().await;
    client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    head(&mut client).await.unwrap();

    routed.add("new", answering(OK).await).await;
    let handle = routed.router.clone();
    let drained = tokio::spawn(async move { handle.deregister("web", "0", DEADLINE).await });
    eventually("it drains", || routed.target("0").state == TargetState::Draining).await;
    assert_eq!(routed.target("0").reason, Some(Reason::DeregistrationInProgress));
    for _ in 0..4 {
        assert_eq!(body(&routed.get("/").await), "ok");
    }
    assert_eq!(routed.target("0").in_flight, 1, "its response is still streaming");
    assert!(!drained.is_finished());

    go.send(true).unwrap();
    let mut rest = [0; 4];
    tokio::io::AsyncReadExt::read_exact(&mut client, &mut rest).await.unwrap();
    assert_eq!(&rest, b"half");
    assert_eq!(timeout(DEADLINE, drained).await.unwrap().unwrap().cut, 0);
    assert_eq!(routed.router.targets().len(), 1, "it is removed");
}

#[tokio::test]
async fn what_is_left_after_the_drain_time_is_cut() {
    let (old, _go) = halting().await;
    let routed = Routed::to(&[old]).await;
    let mut client = routed.connect().await;
    client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    head(&mut client).await.unwrap();
    let drained = routed.router.deregister("web", "0", Duration::from_millis(50)).await;
    assert_eq!(drained.cut, 1);
    assert!(drained.waited >= Duration::from_millis(50));
    assert_eq!(to_end(&mut client).await, "ha");
    assert!(routed.router.targets().is_empty());
}

#[tokio::test]
async fn a_request_cut_before_its_response_is_502() {
    let target = scripted(|mut stream, _| async move {
        to_end(&mut stream).await;
    });
    let routed = Routed::to(&[target.await]).await;
    let mut client = routed.connect().await;
    client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    eventually("it is in flight", || routed.target("0").in_flight == 1).await;
    assert_eq!(routed.router.deregister("web", "0", Duration::ZERO).await.cut, 1);
    assert_eq!(status(&response(&mut client).await), 502);
}

#[tokio::test]
async fn idle_connections_to_a_draining_target_are_closed() {
    let (closed, mut is_closed) = mpsc::unbounded_channel();
    let target = scripted(move |mut stream, _| {
        let closed = closed.clone();
        async move {
            stream.write_all(OK).await.unwrap();
            to_end(&mut stream).await;
            closed.send(()).unwrap();
        }
    });
    let routed = Routed::to(&[target.await]).await;
    assert_eq!(status(&routed.get("/").await), 200);
    assert_eq!(routed.router.deregister("web", "0", DEADLINE).await.cut, 0);
    timeout(DEADLINE, is_closed.recv()).await.expect("the idle connection is closed").unwrap();
}

#[tokio::test]
async fn deregistering_what_is_not_registered_is_done_at_once() {
    let routed = Routed::to(&[]).await;
    assert_eq!(routed.router.deregister("web", "x", DEADLINE).await.cut, 0);
    assert_eq!(routed.router.deregister("none", "x", DEADLINE).await.cut, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn targets_are_replaced_under_load_without_a_failed_request() {
    let routed = Routed::to(&[answering(OK).await]).await;
    let (stop, served) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = (0..16)
        .map(|_| {
            let (stop, served, address) = (stop.clone(), served.clone(), routed.address);
            tokio::spawn(async move {
                let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
                for request in ["GET / HTTP/1.1", "POST / HTTP/1.1\r\nContent-Length: 0"].iter().cycle() {
                    client.write_all(format!("{request}\r\nHost: a\r\n\r\n").as_bytes()).await.unwrap();
                    let answer = response(&mut client).await;
                    assert_eq!(status(&answer), 200, "{answer}");
                    served.fetch_add(1, Ordering::Relaxed);
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                }
            })
        })
        .collect();
    for generation in 1..=20 {
        let before = served.load(Ordering::Relaxed);
        eventually("requests are served", || served.load(Ordering::Relaxed) > before + 100).await;
        routed.add(&generation.to_string(), answering(OK).await).await;
        let old = (generation - 1).to_string();
        assert_eq!(routed.router.deregister("web", &old, DEADLINE).await.cut, 0);
    }
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        timeout(DEADLINE, client).await.unwrap().expect("no request failed");
    }
}

#[tokio::test]
async fn stopping_finishes_requests_in_flight_and_closes_the_rest() {
    let (target, go) = halting().await;
    let routed = Routed::to(&[target]).await;
    let address = routed.address;
    let (mut busy, mut fresh) = (routed.connect().await, routed.connect().await);
    busy.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    head(&mut busy).await.unwrap();
    let stopped = tokio::spawn(routed.stop());
    assert_eq!(to_end(&mut fresh).await, "", "a connection without a request is closed");
    assert!(!stopped.is_finished());
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nothing new is accepted");
    go.send(true).unwrap();
    assert_eq!(to_end(&mut busy).await, "half");
    timeout(DEADLINE, stopped).await.unwrap().unwrap();
}

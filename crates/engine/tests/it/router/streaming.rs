//! Bodies pass through as they come; what either side does is felt by the other.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
    time::timeout,
};

use super::support::{DEADLINE, OK, Routed, body, eventually, field, head, response, scripted, status, to_end};

const MIB: usize = 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_megabytes_go_up_and_down_in_little_memory() {
    let target = scripted(|mut stream, head| async move {
        let length: usize = field(&head, "content-length").unwrap().parse().unwrap();
        stream.write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").as_bytes()).await.unwrap();
        let (mut read, mut write) = stream.split();
        tokio::io::copy(&mut read, &mut write).await.ok();
    });
    let routed = Routed::to(&[target.await]).await;
    let before = resident();
    let client = routed.connect().await;
    let (mut read, mut write) = client.into_split();
    let upload = tokio::spawn(async move {
        write
            .write_all(format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", 100 * MIB).as_bytes())
            .await
            .unwrap();
        for index in 0..100_u8 {
            write.write_all(&vec![index; MIB]).await.unwrap();
        }
        write
    });
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(read.read_u8().await.unwrap());
    }
    let mut chunk = vec![0; MIB];
    let mut most = 0;
    for index in 0..100_u8 {
        timeout(DEADLINE, read.read_exact(&mut chunk)).await.unwrap().unwrap();
        assert!(chunk.iter().all(|&byte| byte == index));
        most = most.max(resident());
    }
    drop(upload.await.unwrap());
    let grown = most.saturating_sub(before);
    assert!(grown < 24 * MIB, "grew by {} KiB", grown / 1024);
}

/// Bytes of memory that this process has resident; nothing where there is no procfs.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or_default() * 4096
}

#[tokio::test]
async fn a_target_that_does_not_read_stops_the_client_soon() {
    let (go, went) = tokio::sync::watch::channel(false);
    let target = scripted(move |mut stream, _| {
        let mut went = went.clone();
        async move {
            went.wait_for(|went| *went).await.unwrap();
            to_end(&mut stream).await;
        }
    });
    let routed = Routed::to(&[target.await]).await;
    let mut client = routed.connect().await;
    client.write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n").await.unwrap();
    let chunk = vec![0; MIB];
    let mut taken = 0;
    while let Ok(written) = timeout(Duration::from_millis(500), client.write(&chunk)).await {
        taken += written.unwrap();
        assert!(taken < 64 * MIB, "somebody buffers the body");
    }
    go.send(true).unwrap();
    timeout(DEADLINE, client.write_all(&vec![0; 8 * MIB])).await.expect("it goes on").unwrap();
}

#[tokio::test]
async fn each_piece_of_a_response_arrives_before_the_next_is_made() {
    let (more, wanted) = mpsc::unbounded_channel::<()>();
    let wanted = std::sync::Arc::new(tokio::sync::Mutex::new(wanted));
    let target = scripted(move |mut stream, _| {
        let wanted = wanted.clone();
        async move {
            stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await.unwrap();
            for _ in 0..3 {
                wanted.lock().await.recv().await.unwrap();
                stream.write_all(b"1\r\nx\r\n").await.unwrap();
            }
            stream.write_all(b"0\r\n\r\n").await.unwrap();
            to_end(&mut stream).await;
        }
    });
    let routed = Routed::to(&[target.await]).await;
    let mut client = routed.connect().await;
    client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    assert_eq!(field(&head(&mut client).await.unwrap(), "transfer-encoding"), Some("chunked"));
    for _ in 0..3 {
        more.send(()).unwrap();
        assert_eq!(read(&mut client, 6).await, "1\r\nx\r\n");
    }
    assert_eq!(read(&mut client, 5).await, "0\r\n\r\n");
    eventually("nothing is in flight", || routed.target("0").in_flight == 0).await;
}

async fn read(stream: &mut TcpStream, length: usize) -> String {
    let mut bytes = vec![0; length];
    timeout(DEADLINE, stream.read_exact(&mut bytes)).await.unwrap().unwrap();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_response_that_breaks_off_breaks_off_for_the_client_too() {
    let target = scripted(|mut stream, _| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n").await.unwrap();
    });
    let routed = Routed::to(&[target.await]).await;
    let answer = routed.get("/").await;
    assert_eq!(body(&answer), "2\r\nok\r\n", "no last chunk: the client can tell");
}

#[tokio::test]
async fn a_client_that_leaves_takes_its_request_to_the_target_with_it() {
    for begun in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegun"] {
        let (left, mut has_left) = mpsc::unbounded_channel();
        let target = scripted(move |mut stream, _| {
            let left = left.clone();
            async move {
                stream.write_all(begun).await.unwrap();
                to_end(&mut stream).await;
                left.send(()).unwrap();
            }
        });
        let routed = Routed::to(&[target.await]).await;
        let mut client = routed.connect().await;
        client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        eventually("it is in flight", || routed.target("0").in_flight == 1).await;
        if !begun.is_empty() {
            head(&mut client).await.unwrap();
        }
        drop(client);
        timeout(DEADLINE, has_left.recv()).await.expect("the target is told").unwrap();
        eventually("nothing is in flight", || routed.target("0").in_flight == 0).await;
    }
}

#[tokio::test]
async fn an_answer_before_the_end_of_the_upload_is_passed_on() {
    let target = scripted(|mut stream, _| async move {
        stream
            .write_all(b"HTTP/1.1 413 Content Too Large\r\nconnection: close\r\ncontent-length: 3\r\n\r\nbig")
            .await
            .unwrap();
        to_end(&mut stream).await;
    });
    let routed = Routed::to(&[target.await]).await;
    let mut client = routed.connect().await;
    client.write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nstart").await.unwrap();
    let answer = response(&mut client).await;
    assert_eq!((status(&answer), body(&answer)), (413, "big"));
}

const UPGRADE: &[u8] = b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
                         Sec-WebSocket-Key: x\r\n\r\n";

/// A target that switches protocols and then sends back what it gets.
async fn parrot() -> std::net::SocketAddr {
    scripted(|mut stream, head| async move {
        assert_eq!(field(&head, "connection"), Some("upgrade"));
        assert_eq!((field(&head, "upgrade"), field(&head, "sec-websocket-key")), (Some("websocket"), Some("x")));
        stream
            .write_all(
                b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                  Sec-WebSocket-Accept: y\r\n\r\nfirst",
            )
            .await
            .unwrap();
        let (mut read, mut write) = stream.split();
        tokio::io::copy(&mut read, &mut write).await.ok();
    })
    .await
}

#[tokio::test]
async fn an_upgraded_connection_is_a_tunnel_that_counts_as_in_flight() {
    let routed = Routed::to(&[parrot().await]).await;
    let mut client = routed.connect().await;
    client.write_all(UPGRADE).await.unwrap();
    let answer = head(&mut client).await.unwrap();
    assert_eq!((status(&answer), field(&answer, "sec-websocket-accept")), (101, Some("y")));
    assert_eq!(field(&answer, "upgrade"), Some("websocket"));
    assert_eq!(read(&mut client, 5).await, "first");
    client.write_all(b"\x01\x00ping").await.unwrap();
    assert_eq!(read(&mut client, 6).await, "\x01\x00ping");
    assert_eq!(routed.target("0").in_flight, 1);
    client.shutdown().await.unwrap();
    assert_eq!(to_end(&mut client).await, "");
    eventually("nothing is in flight", || routed.target("0").in_flight == 0).await;
}

#[tokio::test]
async fn tunnels_are_closed_when_the_router_stops_and_when_their_target_is_cut() {
    for stops in [true, false] {
        let routed = Routed::to(&[parrot().await]).await;
        let mut client = routed.connect().await;
        client.write_all(UPGRADE).await.unwrap();
        head(&mut client).await.unwrap();
        assert_eq!(read(&mut client, 5).await, "first");
        if stops {
            routed.stop().await;
        } else {
            assert_eq!(routed.router.deregister("web", "0", Duration::ZERO).await.cut, 1);
        }
        assert_eq!(to_end(&mut client).await, "");
    }
}

#[tokio::test]
async fn an_upgrade_that_the_target_declines_is_an_ordinary_exchange() {
    let routed = Routed::to(&[super::support::answering(OK).await]).await;
    let mut client = routed.connect().await;
    for _ in 0..2 {
        client.write_all(UPGRADE).await.unwrap();
        assert_eq!(status(&response(&mut client).await), 200);
    }
}

//! Connections to targets: kept, found dead, never used to repeat what may not be repeated.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{io::AsyncWriteExt, sync::mpsc};

use super::support::{OK, Routed, body, head, response, scripted, status};

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const POST: &[u8] = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";

#[tokio::test]
async fn one_connection_to_the_target_serves_many_clients_in_turn() {
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = connections.clone();
    let target = scripted(move |mut stream, _| {
        counter.fetch_add(1, Ordering::SeqCst);
        async move { while stream.write_all(OK).await.is_ok() && head(&mut stream).await.is_some() {} }
    });
    let routed = Routed::to(&[target.await]).await;
    for _ in 0..50 {
        assert_eq!(status(&routed.get("/").await), 200);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_kept_connection_that_the_target_has_closed_is_no_error_for_any_method() {
    let (closed, mut is_closed) = mpsc::unbounded_channel();
    let target = scripted(move |mut stream, _| {
        let closed = closed.clone();
        async move {
            stream.write_all(OK).await.unwrap();
            drop(stream);
            closed.send(()).unwrap();
        }
    });
    let routed = Routed::to(&[target.await]).await;
    let mut client = routed.connect().await;
    for request in [GET, POST].into_iter().cycle().take(400) {
        client.write_all(request).await.unwrap();
        assert_eq!(status(&response(&mut client).await), 200);
        is_closed.recv().await.unwrap();
    }
}

/// A target that answers the first request of each connection, and hangs up on the second.
async fn forgetful(seen: mpsc::UnboundedSender<String>) -> std::net::SocketAddr {
    scripted(move |mut stream, first| {
        let seen = seen.clone();
        async move {
            seen.send(first).unwrap();
            stream.write_all(OK).await.unwrap();
            if let Some(second) = head(&mut stream).await {
                seen.send(second).unwrap();
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_request_that_was_sent_is_not_sent_again_unless_it_is_safe() {
    let (sender, mut seen) = mpsc::unbounded_channel();
    let routed = Routed::to(&[forgetful(sender).await]).await;
    for (method, code, times) in [("GET", 200, 2), ("POST", 502, 1), ("PUT", 502, 1), ("DELETE", 502, 1)] {
        let mut client = routed.connect().await;
        client.write_all(GET).await.unwrap();
        assert_eq!(status(&response(&mut client).await), 200);
        assert!(seen.recv().await.unwrap().starts_with("GET / "));

        client
            .write_all(format!("{method} /second HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").as_bytes())
            .await
            .unwrap();
        assert_eq!(status(&response(&mut client).await), code, "{method}");
        let mut count = 0;
        while let Ok(head) = seen.try_recv() {
            assert!(head.starts_with(&format!("{method} /second ")), "{head}");
            count += 1;
        }
        assert_eq!(count, times, "{method}");
        if times == 2 {
            // Uses up the connection that the repetition left in the pool.
            client.write_all(POST).await.unwrap();
            assert_eq!(status(&response(&mut client).await), 502);
            seen.recv().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_body_that_was_begun_is_not_sent_again_even_with_a_safe_method() {
    let (sender, mut seen) = mpsc::unbounded_channel();
    let routed = Routed::to(&[forgetful(sender).await]).await;
    let mut client = routed.connect().await;
    client.write_all(GET).await.unwrap();
    assert_eq!(body(&response(&mut client).await), "ok");
    client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi").await.unwrap();
    assert_eq!(status(&response(&mut client).await), 502);
    seen.close();
    assert_eq!(std::iter::from_fn(|| seen.try_recv().ok()).count(), 2);
}

//! What the client hears when there is no response to pass on.

use std::{net::SocketAddr, time::Duration};

use engine::router::{Settings, TargetState};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpSocket, TcpStream},
    time::timeout,
};

use super::support::{
    OK, Routed, answering, body, echoing, eventually, field, one_check, refusing, scripted, sick, status, to_end,
};

fn quick() -> Settings {
    Settings {
        connect_timeout: Duration::from_millis(200),
        idle_timeout: Duration::from_millis(300),
        ..Settings::default()
    }
}

/// The load balancer's own page, to the byte.
fn assert_page(answer: &str, title: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {title}")), "{answer}");
    assert_eq!(field(answer, "server"), Some("awselb/2.0"));
    assert_eq!(field(answer, "content-type"), Some("text/html"));
    let expected = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    );
    assert_eq!(field(answer, "content-length"), Some(expected.len().to_string().as_str()));
    assert_eq!(body(answer), expected);
}

#[tokio::test]
async fn without_a_rule_that_matches_the_answer_is_404() {
    let routed = Routed::to(&[answering(OK).await]).await;
    routed.router.set_rules(vec![]).unwrap();
    assert_page(&routed.get("/").await, "404 Not Found");
}

#[tokio::test]
async fn a_group_without_targets_is_503() {
    let routed = Routed::empty(Settings::default()).await;
    assert_page(&routed.get("/").await, "503 Service Temporarily Unavailable");
}

#[tokio::test]
async fn a_group_of_new_targets_is_503() {
    let routed = Routed::empty(Settings::default()).await;
    routed.router.register("web", "0", refusing().await, super::support::check());
    assert_page(&routed.get("/").await, "503 Service Temporarily Unavailable");
    assert_eq!(routed.target("0").state, TargetState::Initial);
}

#[tokio::test]
async fn new_targets_get_nothing_while_others_are_healthy() {
    let routed = Routed::to(&[answering(OK).await]).await;
    routed.router.register("web", "new", refusing().await, super::support::check());
    for _ in 0..4 {
        assert_eq!(status(&routed.get("/").await), 200);
    }
}

#[tokio::test]
async fn unhealthy_targets_get_nothing_while_others_are_healthy_and_everything_when_none_is() {
    let routed = Routed::empty(Settings::default()).await;
    routed.router.register("web", "failing", sick().await, one_check());
    eventually("it is unhealthy", || routed.target("failing").state == TargetState::Unhealthy).await;
    assert_eq!(body(&routed.get("/").await), "ok", "fails open");

    routed.add("good", answering(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood").await).await;
    for _ in 0..4 {
        assert_eq!(body(&routed.get("/").await), "good");
    }
}

#[tokio::test]
async fn a_target_that_refuses_connections_is_502() {
    let routed = Routed::empty(Settings::default()).await;
    routed.router.register("web", "0", refusing().await, one_check());
    eventually("it is unhealthy", || routed.target("0").state == TargetState::Unhealthy).await;
    assert_page(&routed.get("/").await, "502 Bad Gateway");
    eventually("nothing is in flight", || routed.target("0").in_flight == 0).await;
}

#[tokio::test]
async fn a_target_that_closes_or_talks_nonsense_is_502() {
    let long = format!("HTTP/1.1 200 OK\r\nx-long: {}\r\n\r\n", "a".repeat(300_000));
    for nonsense in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\ncontent-length: 2",
        "hello\r\n\r\n",
        "HTTP/1.1 999999 X\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
        "\u{0}\u{1}\u{2}\u{3}",
        long.as_str(),
    ] {
        let nonsense = nonsense.to_owned();
        let target = scripted(move |mut stream, _| {
            let nonsense = nonsense.clone();
            async move {
                stream.write_all(nonsense.as_bytes()).await.ok();
            }
        });
        let routed = Routed::to(&[target.await]).await;
        assert_page(&routed.get("/").await, "502 Bad Gateway");
    }
}

#[tokio::test]
async fn a_target_that_does_not_answer_is_504() {
    let target = scripted(|stream, _| async move {
        std::future::pending::<()>().await;
        drop(stream);
    });
    let routed = Routed::with(quick(), &[target.await]).await;
    assert_page(&routed.get("/").await, "504 Gateway Time-out");
}

#[tokio::test]
async fn a_target_that_does_not_accept_is_504() {
    let (address, _full) = saturated().await;
    let routed = Routed::empty(quick()).await;
    let check = engine::router::HealthCheck { timeout: Duration::from_millis(50), ..one_check() };
    routed.router.register("web", "0", address, check);
    eventually("it is unhealthy", || routed.target("0").state == TargetState::Unhealthy).await;
    assert_page(&routed.get("/").await, "504 Gateway Time-out");
}

/// A listener whose backlog is full, so that connecting to it hangs.
async fn saturated() -> (SocketAddr, (TcpListener, Vec<TcpStream>)) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = timeout(Duration::from_millis(200), TcpStream::connect(address)).await {
        waiting.push(stream.unwrap());
    }
    (address, (listener, waiting))
}

#[tokio::test]
async fn a_client_that_stalls_within_its_body_is_408() {
    let target = scripted(|mut stream, _| async move {
        to_end(&mut stream).await;
    });
    let routed = Routed::with(quick(), &[target.await]).await;
    let answer = routed.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf").await;
    assert_page(&answer, "408 Request Timeout");
}

#[tokio::test]
async fn a_response_that_stalls_is_cut_and_one_that_crawls_is_not() {
    let target = scripted(|mut stream, head| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\n").await.ok();
        for _ in 0..if head.contains("/crawls") { 10 } else { 3 } {
            stream.write_all(b"x").await.ok();
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
        to_end(&mut stream).await;
    });
    let settings = Settings { idle_timeout: Duration::from_secs(1), ..quick() };
    let routed = Routed::with(settings, &[target.await]).await;
    assert_eq!(body(&routed.get("/crawls").await), "xxxxxxxxxx");
    assert_eq!(body(&routed.get("/stalls").await), "xxx");
    eventually("nothing is in flight", || routed.target("0").in_flight == 0).await;
}

#[tokio::test]
async fn requests_that_a_load_balancer_refuses_are_refused_in_its_words() {
    let routed = Routed::to(&[echoing().await]).await;
    let many = vec!["10.0.0.1"; 31].join(",");
    for (line, fields, title) in [
        ("TRACE / HTTP/1.1", "Host: a", "405 Method Not Allowed"),
        ("CONNECT a:80 HTTP/1.1", "Host: a", "400 Bad Request"),
        ("GET / HTTP/1.1", "Accept: */*", "400 Bad Request"),
        ("GET / HTTP/1.1", "Host: a\r\nHost: b", "400 Bad Request"),
        ("POST / HTTP/1.1", "Host: a\r\nTransfer-Encoding: gzip, chunked", "501 Not Implemented"),
        ("GET / HTTP/1.1", &format!("Host: a\r\nX-Forwarded-For: {many}"), "463"),
    ] {
        let answer = routed.ask(&format!("{line}\r\n{fields}\r\nConnection: close\r\n\r\n0\r\n\r\n")).await;
        assert_page(&answer, title);
    }
}

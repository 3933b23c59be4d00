//! What the target sees of a request, and the client of a response.

use engine::router::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::support::{DEADLINE, OK, Routed, answering, body, echoing, field, head, response, rule, scripted, status};

#[tokio::test]
async fn the_target_sees_the_request_and_who_sent_it() {
    let routed = Routed::to(&[echoing().await]).await;
    let answer = routed.get("/items/1?q=a%20b&x=*").await;
    let seen = body(&answer);
    assert!(seen.starts_with("GET /items/1?q=a%20b&x=* HTTP/1.1\r\n"), "{seen}");
    assert_eq!(field(seen, "host"), Some("shop.example"));
    assert_eq!(field(seen, "x-forwarded-for"), Some("127.0.0.1"));
    assert_eq!(field(seen, "x-forwarded-proto"), Some("http"));
    assert_eq!(field(seen, "x-forwarded-port"), Some(routed.address.port().to_string().as_str()));
    let trace = field(seen, "x-amzn-trace-id").unwrap();
    let parts: Vec<_> = trace.strip_prefix("Root=1-").unwrap().split('-').map(str::len).collect();
    assert_eq!(parts, [8, 24], "{trace}");
}

#[tokio::test]
async fn forwarding_fields_of_the_client_are_appended_to_or_replaced() {
    let routed = Routed::to(&[echoing().await]).await;
    let answer = routed
        .ask(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Forwarded-For: 10.1.2.3\r\n\
             X-Forwarded-Proto: https\r\nX-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678\r\n\r\n",
        )
        .await;
    let seen = body(&answer);
    assert_eq!(field(seen, "x-forwarded-for"), Some("10.1.2.3, 127.0.0.1"));
    assert_eq!(field(seen, "x-forwarded-proto"), Some("http"));
    let trace = field(seen, "x-amzn-trace-id").unwrap();
    assert!(trace.starts_with("Self=1-") && trace.ends_with(";Root=1-67891233-abcdef012345678912345678"), "{trace}");
}

#[tokio::test]
async fn hop_by_hop_fields_are_removed_both_ways() {
    let target = answering(
        b"HTTP/1.1 200 OK\r\nconnection: keep-alive, x-inner\r\nkeep-alive: timeout=9\r\nx-inner: 1\r\n\
          x-outer: 2\r\ncontent-length: 0\r\n\r\n",
    );
    let routed = Routed::to(&[target.await]).await;
    let answer = routed.get("/").await;
    assert_eq!(field(&answer, "x-outer"), Some("2"));
    assert_eq!((field(&answer, "x-inner"), field(&answer, "keep-alive")), (None, None));

    let routed = Routed::to(&[echoing().await]).await;
    let answer = routed
        .ask(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Inner\r\nX-Inner: 1\r\nTE: trailers\r\n\
             Keep-Alive: 5\r\nUpgrade: h2c\r\nX-Outer: 2\r\n\r\n",
        )
        .await;
    let seen = body(&answer);
    assert_eq!(field(seen, "x-outer"), Some("2"));
    for name in ["x-inner", "te", "keep-alive", "upgrade", "connection"] {
        assert_eq!(field(seen, name), None, "{seen}");
    }
}

#[tokio::test]
async fn field_names_with_odd_characters_are_dropped_when_asked_for() {
    let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nx_odd: 1\r\n\r\n";
    let kept = Routed::to(&[echoing().await]).await.ask(request).await;
    assert_eq!(field(body(&kept), "x_odd"), Some("1"));
    let settings = Settings { drop_invalid_header_fields: true, ..Settings::default() };
    let dropped = Routed::with(settings, &[echoing().await]).await.ask(request).await;
    assert_eq!(field(body(&dropped), "x_odd"), None);
}

#[tokio::test]
async fn rules_choose_the_group_by_path_and_priority_without_the_query() {
    let routed = Routed::to(&[answering(OK).await]).await;
    let api = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\napi").await;
    routed.router.register("api", "a", api, super::support::check());
    routed.router.wait_healthy("api", "a", DEADLINE).await.unwrap();
    let rules = vec![rule(20, "/*", "web"), rule(10, "/api/*", "api"), rule(11, "/api", "api")];
    routed.router.set_rules(rules).unwrap();
    for (path, expected) in [
        ("/api/items", "api"),
        ("/api", "api"),
        ("/apis", "ok"),
        ("/API/items", "ok"),
        ("/x?y=/api/", "ok"),
        ("/api?x", "api"),
    ] {
        assert_eq!(body(&routed.get(path).await), expected, "{path}");
    }
}

#[tokio::test]
async fn targets_take_turns() {
    let first = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1").await;
    let second = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n2").await;
    let routed = Routed::to(&[first, second]).await;
    let mut seen = String::new();
    for _ in 0..6 {
        seen.push_str(body(&routed.get("/").await));
    }
    assert!(["121212", "212121"].contains(&seen.as_str()), "{seen}");
}

#[tokio::test]
async fn responses_to_head_keep_their_length_and_have_no_body() {
    let target = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 1234\r\netag: \"x\"\r\n\r\n").await;
    let routed = Routed::to(&[target]).await;
    let mut client = routed.connect().await;
    // Twice on one connection: a body where none belongs would derail the second.
    for _ in 0..2 {
        client.write_all(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        let answer = head(&mut client).await.unwrap();
        assert_eq!((status(&answer), field(&answer, "content-length")), (200, Some("1234")));
        assert_eq!(field(&answer, "etag"), Some("\"x\""));
    }
    eventually_idle(&routed).await;
}

#[tokio::test]
async fn responses_that_never_have_a_body_end_with_their_head() {
    for (code, text) in [
        (204, &b"HTTP/1.1 204 No Content\r\nx-a: 1\r\n\r\n"[..]),
        (304, b"HTTP/1.1 304 Not Modified\r\netag: \"x\"\r\n\r\n"),
        (304, b"HTTP/1.1 304 Not Modified\r\ncontent-length: 99\r\n\r\n"),
    ] {
        let routed = Routed::to(&[answering(text).await]).await;
        let mut client = routed.connect().await;
        for _ in 0..2 {
            client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
            let answer = head(&mut client).await.unwrap();
            assert_eq!(status(&answer), code);
            assert_eq!(field(&answer, "transfer-encoding"), None, "{answer}");
        }
        eventually_idle(&routed).await;
    }
}

#[tokio::test]
async fn a_client_that_expects_100_continue_gets_it_and_then_the_response() {
    let target = scripted(|mut stream, head| async move {
        assert_eq!(field(&head, "expect"), None);
        let mut body = [0; 5];
        stream.read_exact(&mut body).await.unwrap();
        assert_eq!(&body, b"hello");
        stream.write_all(OK).await.unwrap();
    });
    let routed = Routed::to(&[target.await]).await;
    let mut client = routed.connect().await;
    client.write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n").await.unwrap();
    assert_eq!(head(&mut client).await.unwrap(), "HTTP/1.1 100 Continue\r\n\r\n");
    client.write_all(b"hello").await.unwrap();
    assert_eq!(body(&response(&mut client).await), "ok");
}

#[tokio::test]
async fn interim_responses_of_the_target_do_not_end_the_exchange() {
    let target =
        answering(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    let routed = Routed::to(&[target.await]).await;
    assert_eq!(status(&routed.get("/").await), 200);
}

#[tokio::test]
async fn an_old_client_gets_an_unchunked_response_and_its_target_a_host() {
    let target = scripted(|mut stream, head| async move {
        assert!(head.starts_with("GET /old HTTP/1.1\r\n") && field(&head, "host").is_some(), "{head}");
        stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n").await.unwrap();
    });
    let routed = Routed::to(&[target.await]).await;
    let answer = routed.ask("GET /old HTTP/1.0\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    assert_eq!((field(&answer, "transfer-encoding"), body(&answer)), (None, "ok"));
}

#[tokio::test]
async fn an_old_target_is_answered_for_with_the_current_version() {
    let target = scripted(|mut stream, _| async move {
        stream.write_all(b"HTTP/1.0 200 OK\r\n\r\nuntil the end").await.unwrap();
    });
    let routed = Routed::to(&[target.await]).await;
    let answer = routed.get("/").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("until the end"), "{answer}");
}

#[tokio::test]
async fn a_target_written_as_a_whole_url_becomes_path_and_host() {
    let routed = Routed::to(&[echoing().await]).await;
    let answer =
        routed.ask("GET http://u:p@inner.example:81/a?b HTTP/1.1\r\nHost: outer\r\nConnection: close\r\n\r\n").await;
    let seen = body(&answer);
    assert!(seen.starts_with("GET /a?b HTTP/1.1\r\n"), "{seen}");
    assert_eq!(field(seen, "host"), Some("inner.example:81"));
}

#[tokio::test]
async fn a_length_beside_a_chunked_body_never_reaches_the_target() {
    let target = scripted(|mut stream, head| async move {
        assert_eq!((field(&head, "content-length"), field(&head, "transfer-encoding")), (None, Some("chunked")));
        let mut body = [0; 15];
        stream.read_exact(&mut body).await.unwrap();
        assert_eq!(&body, b"5\r\nhello\r\n0\r\n\r\n");
        stream.write_all(OK).await.unwrap();
    });
    let routed = Routed::to(&[target.await]).await;
    let answer = routed
        .ask(
            "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\
             Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        )
        .await;
    assert_eq!(status(&answer), 200, "{answer}");
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let routed = Routed::to(&[echoing().await]).await;
    let mut client = routed.connect().await;
    client.write_all(b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    for path in ["/1", "/2"] {
        let answer = response(&mut client).await;
        assert!(body(&answer).starts_with(&format!("GET {path} ")), "{answer}");
    }
}

async fn eventually_idle(routed: &Routed) {
    super::support::eventually("nothing is in flight", || routed.target("0").in_flight == 0).await;
}

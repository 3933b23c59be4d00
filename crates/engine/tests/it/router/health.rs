//! Health checks as targets and operators see them.

use std::time::Duration;

use engine::router::{HealthCheck, Reason, Settings, TargetState};
use tokio::{io::AsyncWriteExt, net::TcpListener, sync::watch};

use super::support::{DEADLINE, OK, Routed, check, eventually, field, head, one_check, refusing};

/// A target whose health checks get the response that is in force.
async fn patient(response: &'static [u8]) -> (std::net::SocketAddr, watch::Sender<&'static [u8]>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (change, current) = watch::channel(response);
    tokio::spawn(async move {
        let mut silent = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            head(&mut stream).await;
            let response = *current.borrow();
            if response.is_empty() {
                silent.push(stream);
            } else {
                stream.write_all(response).await.ok();
            }
        }
    });
    (address, change)
}

#[tokio::test]
async fn checks_look_like_those_of_a_load_balancer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routed = Routed::empty(Settings::default()).await;
    routed.router.register("web", "0", address, check());
    let (mut stream, _) = listener.accept().await.unwrap();
    let asked = head(&mut stream).await.unwrap();
    assert!(asked.starts_with("GET /health HTTP/1.1\r\n"), "{asked}");
    assert_eq!(field(&asked, "user-agent"), Some("ELB-HealthChecker/2.0"));
    assert_eq!(field(&asked, "host"), Some(address.to_string().as_str()));
    assert_eq!(field(&asked, "connection"), Some("close"));
}

#[tokio::test]
async fn each_way_to_fail_has_its_reason() {
    let (wrong, _) = patient(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n").await;
    let (moved, _) = patient(b"HTTP/1.1 301 Moved Permanently\r\ncontent-length: 0\r\n\r\n").await;
    let (silent, _) = patient(b"").await;
    let (nonsense, _) = patient(b"hello\r\n\r\n").await;
    let impatient = HealthCheck { timeout: Duration::from_millis(300), ..one_check() };
    let routed = Routed::empty(Settings::default()).await;
    for (id, address, reason, detail) in [
        ("wrong", wrong, Reason::ResponseCodeMismatch, "`GET /health` was answered with 503, not 200"),
        ("moved", moved, Reason::ResponseCodeMismatch, "`GET /health` was answered with 301, not 200"),
        ("silent", silent, Reason::Timeout, "`GET /health` was not answered within 300ms"),
        ("nonsense", nonsense, Reason::FailedHealthChecks, "invalid HTTP"),
        ("refusing", refusing().await, Reason::FailedHealthChecks, "connecting to `127.0.0.1:"),
    ] {
        routed.router.register("web", id, address, impatient.clone());
        eventually("it is unhealthy", || routed.target(id).state == TargetState::Unhealthy).await;
        let target = routed.target(id);
        assert_eq!(target.reason, Some(reason), "{id}");
        assert!(target.detail.as_ref().unwrap().contains(detail), "{id}: {target:?}");
    }
}

#[tokio::test]
async fn a_target_falls_ill_and_recovers_by_its_thresholds() {
    let (address, change) = patient(OK).await;
    let routed = Routed::empty(Settings::default()).await;
    routed.add("0", address).await;
    change.send(b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n").unwrap();
    eventually("it is unhealthy", || routed.target("0").state == TargetState::Unhealthy).await;
    change.send(OK).unwrap();
    routed.router.wait_healthy("web", "0", DEADLINE).await.unwrap();
    let target = routed.target("0");
    assert_eq!((target.reason, target.detail), (None, None));
}

#[tokio::test]
async fn waiting_in_vain_says_what_was_wrong_last() {
    let routed = Routed::empty(Settings::default()).await;
    let (address, _) = patient(b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n").await;
    routed.router.register("web", "slow", address, check());
    eventually("it was checked", || routed.target("slow").reason == Some(Reason::InitialHealthChecking)).await;
    let error = routed.router.wait_healthy("web", "slow", Duration::ZERO).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "target `slow` of the target group `web` is initial after 0.0 s: Elb.InitialHealthChecking \
         (`GET /health` was answered with 500, not 200)"
    );
}

#[tokio::test]
async fn waiting_for_a_target_that_is_not_there_fails_at_once() {
    let routed = Routed::empty(Settings::default()).await;
    let error = routed.router.wait_healthy("web", "x", DEADLINE).await.unwrap_err();
    assert_eq!(error.to_string(), "target `x` is not registered in the target group `web`");
}

#[tokio::test]
async fn waiting_ends_when_the_target_is_deregistered() {
    let routed = Routed::empty(Settings::default()).await;
    routed.router.register("web", "0", refusing().await, check());
    let handle = routed.router.clone();
    let waiting = tokio::spawn(async move { handle.wait_healthy("web", "0", DEADLINE).await });
    tokio::task::yield_now().await;
    assert_eq!(routed.router.deregister("web", "0", DEADLINE).await.cut, 0);
    let error = waiting.await.unwrap().unwrap_err();
    assert!(error.waited < DEADLINE, "{error}");
}

#[tokio::test]
async fn a_new_target_is_found_healthy_soon_after_it_listens() {
    let address = refusing().await;
    let routed = Routed::empty(Settings::default()).await;
    let slow = HealthCheck { interval: DEADLINE, ..check() };
    routed.router.register("web", "0", address, slow);
    eventually("it was checked", || routed.target("0").reason == Some(Reason::InitialHealthChecking)).await;
    let listener = TcpListener::bind(address).await.unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        head(&mut stream).await;
        stream.write_all(OK).await.unwrap();
    });
    routed.router.wait_healthy("web", "0", DEADLINE / 2).await.unwrap();
}

#[tokio::test]
async fn targets_are_listed_as_json_in_the_words_of_aws() {
    let routed = Routed::to(&[super::support::answering(OK).await]).await;
    routed.router.register("api", "1", refusing().await, check());
    eventually("it was checked", || routed.target("1").reason == Some(Reason::InitialHealthChecking)).await;
    let mut targets = serde_json::to_value(routed.router.targets()).unwrap();
    for target in targets.as_array_mut().unwrap() {
        target["address"] = "127.0.0.1:<port>".into();
        if target["detail"].is_string() {
            target["detail"] = "<detail>".into();
        }
    }
    insta::assert_json_snapshot!(targets);
}

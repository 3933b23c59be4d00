//! Targets, clients and a router around them.

use std::{net::SocketAddr, time::Duration};

use engine::router::{HealthCheck, ListenerRule, Router, Settings, TargetStatus};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::{sleep, timeout},
};

/// Nothing here takes this long unless it hangs.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// A response that keeps the connection.
pub(crate) const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// A running router with one group, `web`, behind `/*`.
pub(crate) struct Routed {
    pub(crate) router: Router,
    pub(crate) address: SocketAddr,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) served: JoinHandle<std::io::Result<()>>,
}

/// Quick checks that never give up on a new target.
pub(crate) fn check() -> HealthCheck {
    HealthCheck {
        path: "/health".to_owned(),
        interval: Duration::from_millis(20),
        timeout: Duration::from_secs(5),
        healthy_threshold: 2,
        unhealthy_threshold: 2,
        initial_interval: Duration::from_millis(5),
        initial_period: Duration::from_mins(1),
    }
}

/// Checks that find fault at once and do not come back.
pub(crate) fn one_check() -> HealthCheck {
    HealthCheck { interval: DEADLINE, unhealthy_threshold: 1, initial_period: Duration::ZERO, ..check() }
}

pub(crate) fn rule(priority: u32, path: &str, group: &str) -> ListenerRule {
    ListenerRule { priority, paths: vec![path.to_owned()], hosts: Vec::new(), group: group.to_owned() }
}

impl Routed {
    /// A router without targets.
    pub(crate) async fn empty(settings: Settings) -> Self {
        let router = Router::new(settings);
        router.add_group("web");
        router.set_rules(vec![rule(1, "/*", "web")]).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = router.clone();
        let served = tokio::spawn(async move {
            let shutdown = async {
                let _gone = stopped.await;
            };
            serving.serve(listener, shutdown).await
        });
        Self { router, address, stop: Some(stop), served }
    }

    /// A router to healthy targets named `0`, `1`, …
    pub(crate) async fn to(targets: &[SocketAddr]) -> Self {
        Self::with(Settings::default(), targets).await
    }

    pub(crate) async fn with(settings: Settings, targets: &[SocketAddr]) -> Self {
        let routed = Self::empty(settings).await;
        for (index, target) in targets.iter().enumerate() {
            routed.add(&index.to_string(), *target).await;
        }
        routed
    }

    /// Registers a target and waits until it is healthy.
    pub(crate) async fn add(&self, id: &str, address: SocketAddr) {
        self.router.register("web", id, address, check());
        self.router.wait_healthy("web", id, DEADLINE).await.unwrap();
    }

    /// Sends `request` on a connection of its own and reads until the router closes it.
    pub(crate) async fn ask(&self, request: &str) -> String {
        let mut client = self.connect().await;
        client.write_all(request.as_bytes()).await.unwrap();
        to_end(&mut client).await
    }

    /// `GET path`, the whole response.
    pub(crate) async fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n")).await
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    pub(crate) fn target(&self, id: &str) -> TargetStatus {
        self.router.targets().into_iter().find(|target| target.target == id).unwrap()
    }

    /// Stops the router gracefully.
    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        timeout(DEADLINE, self.served).await.expect("the router stops").unwrap().unwrap();
    }
}

/// A target that runs `script` on each connection, with the head of its first request. Health checks are
/// answered before the script sees them.
pub(crate) async fn scripted<F, S>(script: F) -> SocketAddr
where
    F: Fn(TcpStream, String) -> S + Clone + Send + 'static,
    S: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let script = script.clone();
            tokio::spawn(async move {
                let Some(head) = head(&mut stream).await else { return };
                if head.contains("ELB-HealthChecker") {
                    stream.write_all(OK).await.ok();
                } else {
                    script(stream, head).await;
                }
            });
        }
    });
    address
}

/// A target that answers every request with `response` and keeps its connections.
pub(crate) async fn answering(response: &'static [u8]) -> SocketAddr {
    scripted(move |mut stream, _| async move {
        loop {
            if stream.write_all(response).await.is_err() || head(&mut stream).await.is_none() {
                return;
            }
        }
    })
    .await
}

/// A target that answers with the head that it got, as the body.
pub(crate) async fn echoing() -> SocketAddr {
    scripted(|mut stream, first| async move {
        let mut next = Some(first);
        while let Some(text) = next {
            let response = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{text}", text.len());
            if stream.write_all(response.as_bytes()).await.is_err() {
                return;
            }
            next = head(&mut stream).await;
        }
    })
    .await
}

/// A target that answers, but not its health checks.
pub(crate) async fn sick() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let checked = head(&mut stream).await.is_some_and(|head| head.contains("ELB-HealthChecker"));
            let response = if checked { b"HTTP/1.1 500 Oh\r\n\r\n" } else { OK };
            stream.write_all(response).await.ok();
        }
    });
    address
}

/// An address that refuses connections.
pub(crate) async fn refusing() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// Reads to the end of a head; `None` if the connection ends first.
pub(crate) async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8(head).unwrap())
}

/// Reads a head and the body that its `content-length` announces.
pub(crate) async fn response(stream: &mut TcpStream) -> String {
    let mut text = timeout(DEADLINE, head(stream)).await.expect("a response").expect("a whole head");
    let length = field(&text, "content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    timeout(DEADLINE, stream.read_exact(&mut body)).await.expect("a body").unwrap();
    text.push_str(&String::from_utf8(body).unwrap());
    text
}

/// Reads until the other side closes, gracefully or not.
pub(crate) async fn to_end(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _reset = timeout(DEADLINE, stream.read_to_end(&mut bytes)).await.expect("the connection ends");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The value of the first header field `name` in `message`.
pub(crate) fn field<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    let lines = message.split("\r\n\r\n").next()?.lines();
    lines
        .filter_map(|line| line.split_once(':'))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

pub(crate) fn body(message: &str) -> &str {
    message.split_once("\r\n\r\n").unwrap().1
}

pub(crate) fn status(message: &str) -> u16 {
    message.split(' ').nth(1).unwrap_or_else(|| panic!("no response: {message:?}")).parse().unwrap()
}

/// Polls until `condition` holds.
pub(crate) async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let met = timeout(DEADLINE, async {
        while !condition() {
            sleep(Duration::from_millis(2)).await;
        }
    });
    met.await.unwrap_or_else(|_| panic!("never: {what}"));
}

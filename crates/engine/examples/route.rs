//! The local router in front of one server, until Ctrl-C:
//! `cargo run --release -p engine --example route -- 8080 127.0.0.1:8000`

use std::{net::SocketAddr, time::Duration};

use anyhow::Context;
use engine::router::{HealthCheck, ListenerRule, Router, Settings};
use tokio::{net::TcpListener, signal};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().context("the first argument is our port")?.parse()?;
    let target: SocketAddr = arguments.next().context("the second argument is the server's address")?.parse()?;

    let router = Router::new(Settings::default());
    router.register("web", "1", target, HealthCheck::default());
    let (paths, hosts) = (vec!["/*".to_owned()], Vec::new());
    router.set_rules(vec![ListenerRule { priority: 1, paths, hosts, group: "web".to_owned() }])?;
    router.wait_healthy("web", "1", Duration::from_secs(30)).await?;

    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let interrupted = async {
        let _unavailable = signal::ctrl_c().await;
    };
    Ok(router.serve(listener, interrupted).await?)
}

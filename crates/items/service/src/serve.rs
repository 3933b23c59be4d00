//! Serves HTTP/1.1 until a stop signal, then finishes the running requests.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use axum::{Router, http::header::CONTENT_TYPE, routing::get};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tracing::{debug, info, warn};

use crate::{listen::Settings, metrics};

/// Pause after `accept` failed because there are no file descriptors left: other connections have to end first.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Binds `settings.host` and `port`.
pub async fn bind(settings: &Settings, port: u16) -> anyhow::Result<TcpListener> {
    let address = SocketAddr::new(settings.host, port);
    TcpListener::bind(address).await.with_context(|| format!("listening on `{address}`"))
}

/// Serves `app` on `listener` until `stop` resolves; then accepts no more connections, and waits
/// `settings.shutdown_grace` for running requests to finish.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    settings: &Settings,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let address = listener.local_addr().context("reading the address of the listener")?;
    info!(address = %address, url = %url(address), "listening on `{address}`");
    if let Some(port) = settings.metrics_port {
        let listener = bind(settings, port).await?;
        let address = listener.local_addr().context("reading the address of the listener")?;
        info!(metrics = %format!("{}/metrics", url(address)), "metrics are on `{address}`");
        // It ends with the process, so that the last answers are still counted.
        tokio::spawn(axum::serve(listener, metrics_app()).into_future());
    }
    let slots = Arc::new(Semaphore::new(settings.max_connections as usize));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            let slot = slots.clone().acquire_owned().await.expect("the semaphore is never closed");
            (listener.accept().await, slot)
        };
        let (connection, slot) = tokio::select! {
            () = &mut stop => break,
            accepted = accepted => accepted,
        };
        let stream = match connection {
            Ok((stream, _)) => stream,
            Err(error) => {
                recover(&error).await;
                continue;
            }
        };
        let connection = graceful.watch(connection_of(stream, app.clone(), settings));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                debug!(%error, "connection ended early");
            }
            drop(slot);
        });
    }
    drop(listener);
    info!("stopping: no new connections, finishing the running requests");
    if timeout(settings.shutdown_grace, graceful.shutdown()).await.is_err() {
        warn!("stopping with requests still running after {} s", settings.shutdown_grace.as_secs());
    }
    Ok(())
}

fn metrics_app() -> Router {
    let answer = || async { ([(CONTENT_TYPE, metrics::MEDIA_TYPE)], metrics::text()) };
    Router::new().route("/metrics", get(answer))
}

type Io = TokioIo<Pin<Box<TimeoutStream<TcpStream>>>>;

/// `settings.keep_alive` is the timeout for the head of a request, including idle time between requests. The side that closes must be
/// the load balancer, or it sends a request into a closed connection and answers 502.
fn connection_of(
    stream: TcpStream,
    app: Router,
    settings: &Settings,
) -> http1::Connection<Io, TowerToHyperService<Router>> {
    // Without this a small answer may wait 40 ms for the client's delayed acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "setting TCP_NODELAY");
    }
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(settings.write_timeout));
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.keep_alive)
        .max_headers(64)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(app))
}

async fn recover(error: &io::Error) {
    if matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) {
        return;
    }
    warn!(%error, "accepting a connection");
    sleep(ACCEPT_PAUSE).await;
}

/// The address as a URL for a browser on this machine.
fn url(address: SocketAddr) -> String {
    let reachable = if address.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { address.ip() };
    format!("http://{}", SocketAddr::new(reachable, address.port()))
}

/// Resolves at SIGTERM or SIGINT.
pub async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
            warn!("no signal handlers: only a kill stops this server");
            return std::future::pending().await;
        };
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

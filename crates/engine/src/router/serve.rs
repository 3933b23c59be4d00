//! Accepting connections and attending to them.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use hyper::{header::HeaderValue, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    select,
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::sleep,
};
use tracing::{debug, warn};

use super::{
    Shared,
    activity::Activity,
    client::{Client, ClientIo, Scheme},
    exchange::exchange,
    head::{Answer, HeadClock},
    lock,
};

/// Time until the next try when the system has no more file descriptors or memory for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves `listener` until `shutdown`; see [`super::Router::serve`].
pub(super) async fn serve(
    shared: Arc<Shared>,
    listener: TcpListener,
    scheme: Scheme,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let port = HeaderValue::from(listener.local_addr()?.port());
    let places = Arc::new(Semaphore::new(shared.settings.max_connections));
    let stop = watch::Sender::new(false);
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        select! {
            biased;
            () = &mut shutdown => break,
            Some(_ended) = connections.join_next() => {}
            (stream, address, place) = accept(&listener, &places) => {
                let (activity, head) = (Arc::new(Activity::new()), HeadClock::new());
                let io = ClientIo::new(stream, activity.clone(), head.clone(), place);
                let (shared, port, tunnel) = (shared.clone(), port.clone(), Mutex::default());
                let client = Client { shared, address, scheme, port, activity, head, tunnel };
                connections.spawn(attend(client, io, stop.subscribe()));
            }
        }
    }
    drop(listener);
    stop.send_replace(true);
    while connections.join_next().await.is_some() {}
    Ok(())
}

/// The next connection, once there is a place for it.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    loop {
        let Ok(place) = places.clone().acquire_owned().await else {
            return std::future::pending().await; // never closed
        };
        match listener.accept().await {
            Ok((stream, address)) => {
                // Without it a response in two writes can wait 40 ms for an acknowledgement. It fails only on
                // a connection that is gone, which the first read finds out.
                let _gone = stream.set_nodelay(true);
                return (stream, address, place);
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                warn!("accepting a connection: {error}");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Resolves when the router stops, or is gone.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _gone = stop.wait_for(|stop| *stop).await;
}

/// Serves one connection to its end, as a tunnel if it becomes one.
async fn attend(client: Client, io: ClientIo, mut stop: watch::Receiver<bool>) {
    let settings = &client.shared.settings;
    let mut quiet = pin!(client.activity.quiet_for(settings.idle_timeout));
    let mut slow = pin!(client.head.slow(settings.slow_head_timeout));
    let service = service_fn(|request| async {
        let answering = client.head.complete();
        let answer = exchange(&client, request).await;
        Ok::<_, Infallible>(answer.map(|body| Answer { body, _answering: answering }))
    });
    let mut served = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(settings.header_timeout)
            .max_buf_size(settings.max_head_bytes)
            .serve_connection(TokioIo::new(io), service)
            .with_upgrades()
    );
    let ended = select! {
        biased;
        ended = served.as_mut() => ended,
        () = quiet.as_mut() => return,
        () = slow.as_mut() => return,
        () = stopped(&mut stop) => {
            served.as_mut().graceful_shutdown();
            select! {
                ended = served.as_mut() => ended,
                () = quiet.as_mut() => return,
                () = slow.as_mut() => return,
            }
        }
    };
    if let Err(error) = ended {
        debug!("the connection of {} ended early: {error}", client.address);
    }
    let tunnel = lock::hold(&client.tunnel).take();
    if let Some(tunnel) = tunnel {
        select! {
            () = tunnel.run() => {}
            () = quiet => {}
            () = stopped(&mut stop) => {}
        }
    }
}

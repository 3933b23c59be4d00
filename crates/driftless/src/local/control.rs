//! The engine's side of the control socket: HTTP for the commands of the same user.

use std::{convert::Infallible, fs, io::ErrorKind, os::unix::fs::PermissionsExt, sync::Arc, time::Duration};

use anyhow::Context;
use axum::{
    Json, Router,
    body::Body,
    extract::State,
    response::Response,
    routing::{get, post},
};
use futures_util::stream;
use tokio::{
    net::UnixListener,
    sync::{mpsc, watch},
    task::JoinHandle,
    time::timeout,
};

use super::{
    Engine, Place,
    report::Status,
    socket::Address,
    wire::{Event, ReleaseRequest, Remote},
};
use crate::bundle::Bundle;

/// Time for answers to arrive when the engine ends.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The open socket of a running engine.
pub struct Control {
    place: Place,
    wish: watch::Receiver<Option<Wish>>,
    stopped: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

/// What ended an engine that nobody interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// `down`.
    Stop,
    /// Its first release failed, or nobody waits for it any more.
    GiveUp,
}

#[derive(Clone)]
struct Shared {
    engine: Arc<Engine>,
    wish: watch::Sender<Option<Wish>>,
    stopped: watch::Receiver<bool>,
}

impl Control {
    /// Listens in `place`, whose lock the engine has: a socket that is there is stale.
    pub fn open(place: &Place, engine: Arc<Engine>) -> anyhow::Result<Self> {
        let path = place.socket();
        let doing = || format!("listening on `{}`", path.display());
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).with_context(doing),
            _ => {}
        }
        let address = Address::of(&path).with_context(doing)?;
        // The directory lets nobody else in, so the moment before the mode is set does no harm.
        let listener = UnixListener::bind(address.path()).with_context(doing)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).with_context(doing)?;
        let (wish, wished) = watch::channel(None);
        let (stopped, stop) = watch::channel(false);
        let shared = Shared { engine, wish, stopped: stop.clone() };
        let router = Router::new()
            .route("/status", get(status))
            .route("/release", post(release))
            .route("/stop", post(stop_engine))
            .with_state(shared);
        let serving = tokio::spawn(async move {
            let mut stop = stop;
            let stopped = async move {
                // An error says that the engine is gone.
                let _ = stop.wait_for(|stop| *stop).await;
            };
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
                tracing::error!("serving the control socket: {error}");
            }
        });
        Ok(Self { place: place.clone(), wish: wished, stopped, serving })
    }

    /// Waits until somebody wants the engine to end.
    pub async fn wish(&self) -> Wish {
        let mut wish = self.wish.clone();
        wish.wait_for(Option::is_some).await.ok().and_then(|wish| *wish).unwrap_or(Wish::Stop)
    }

    /// Tells those who wait for it that the engine has stopped, and removes the socket.
    pub async fn close(self) {
        self.stopped.send_replace(true);
        // A command that does not take its answer is not waited for.
        let _ = timeout(LAST_WORDS, self.serving).await;
        // It is found to be stale by the next engine.
        let _ = fs::remove_file(self.place.socket());
    }
}

async fn status(State(shared): State<Shared>) -> Json<Status> {
    Json(shared.engine.status())
}

/// Answers when everything has stopped.
async fn stop_engine(State(mut shared): State<Shared>) {
    shared.wish.send_replace(Some(Wish::Stop));
    // An error says that the engine is gone.
    let _ = shared.stopped.wait_for(|stopped| *stopped).await;
}

async fn release(State(shared): State<Shared>, Json(request): Json<ReleaseRequest>) -> Response {
    let (events, shown) = mpsc::unbounded_channel();
    tokio::spawn(carry_out(shared, request, events));
    let lines = stream::unfold(shown, |mut shown| async move {
        let event = shown.recv().await?;
        let mut line = serde_json::to_string(&event).unwrap_or_default();
        line.push('\n');
        Some((Ok::<_, Infallible>(line), shown))
    });
    Response::new(Body::from_stream(lines))
}

/// Applies a release. A roll goes on when its command goes away; a first start does not.
async fn carry_out(shared: Shared, request: ReleaseRequest, events: mpsc::UnboundedSender<Event>) {
    let Shared { engine, wish, .. } = shared;
    let first = !engine.has_release();
    let progress = Arc::new(Remote::new(events.clone()));
    let applied = async {
        let bundle = Bundle::open(&request.bundle)?;
        engine.apply(bundle, request.secrets, progress).await
    };
    let applied = tokio::select! {
        applied = applied => applied,
        () = events.closed(), if first => Err(anyhow::anyhow!("nobody waits for the first start any more")),
    };
    let failed = applied.is_err();
    let event = match applied {
        Ok(outcome) => Event::Done { outcome },
        Err(error) => Event::Failed { reason: format!("{error:#}") },
    };
    // Whoever asked has gone.
    let _ = events.send(event);
    if failed && !engine.has_release() {
        wish.send_if_modified(|wish| wish.is_none().then(|| *wish = Some(Wish::GiveUp)).is_some());
    }
}

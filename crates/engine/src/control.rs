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
use hint::ErrorReport;
use model::bundle::Bundle;
use tokio::{
    net::UnixListener,
    sync::{mpsc, watch},
    task::JoinHandle,
    time::timeout,
};

use super::{
    DataDirectory, Engine,
    report::Status,
    socket::Address,
    wire::{Event, ReleaseRequest, Remote},
};

/// Time for answers to arrive when the engine ends.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The open socket of a running engine.
pub struct Control {
    data: DataDirectory,
    ended: watch::Receiver<bool>,
    stopped: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

#[derive(Clone)]
struct Shared {
    engine: Arc<Engine>,
    end: watch::Sender<bool>,
    stopped: watch::Receiver<bool>,
}

impl Control {
    /// Creates the socket in `data`, which `engine` has locked: an existing socket is stale.
    pub fn open(data: &DataDirectory, engine: Arc<Engine>) -> anyhow::Result<Self> {
        let path = data.socket();
        let doing = || format!("listening on `{}`", path.display());
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).with_context(doing),
            _ => {}
        }
        let address = Address::of(&path).with_context(doing)?;
        // The directory lets nobody else in, so the moment before the mode is set does no harm.
        let listener = UnixListener::bind(address.path()).with_context(doing)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).with_context(doing)?;
        let (end, ended) = watch::channel(false);
        let (stopped, stop) = watch::channel(false);
        let shared = Shared { engine, end, stopped: stop.clone() };
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
        Ok(Self { data: data.clone(), ended, stopped, serving })
    }

    /// Waits until `down` asks the engine to end, its first release fails, or nobody waits for that any more.
    pub async fn ended(&self) {
        let _ = self.ended.clone().wait_for(|ended| *ended).await;
    }

    /// Tells those who wait for it that the engine has stopped, and removes the socket.
    pub async fn close(self) {
        self.stopped.send_replace(true);
        // A command that does not take its answer is not waited for.
        let _ = timeout(LAST_WORDS, self.serving).await;
        // It is found to be stale by the next engine.
        let _ = fs::remove_file(self.data.socket());
    }
}

async fn status(State(shared): State<Shared>) -> Json<Status> {
    Json(shared.engine.status())
}

/// Answers when everything has stopped.
async fn stop_engine(State(mut shared): State<Shared>) {
    shared.end.send_replace(true);
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
    let Shared { engine, end, .. } = shared;
    let first = !engine.has_release();
    let progress = Arc::new(Remote::new(events.clone()));
    let applied = async {
        let bundle = Bundle::open(&request.bundle)?;
        engine.apply(bundle, request.secrets, progress).await
    };
    let applied = tokio::select! {
        applied = applied => applied,
        () = events.closed(), if first => Err(anyhow::anyhow!("the client disconnected before the first start")),
    };
    let failed = applied.is_err();
    let event = match applied {
        Ok(outcome) => Event::Done { outcome },
        Err(error) => Event::Failed(ErrorReport::of(&error)),
    };
    // Whoever asked has gone.
    let _ = events.send(event);
    if failed && !engine.has_release() {
        end.send_replace(true);
    }
}

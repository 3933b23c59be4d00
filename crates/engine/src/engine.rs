//! The engine: runs the services of a release on this machine behind one port.

mod prepare;
mod roll;
mod view;

use std::{
    collections::BTreeMap,
    fs,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use anyhow::Context;
use jiff::Timestamp;
use model::stack::Stack;
use tokio::{
    net::TcpListener,
    sync::{Mutex, broadcast, watch},
    task::JoinHandle,
    time::timeout,
};

use super::{
    data_directory::{DataDirectory, Lock},
    definition::Definition,
    descriptors,
    internal::Internals,
    logs::{self, Record, ServiceLog},
    ports::Ports,
    root,
    router::{Router, Settings},
    sandbox::{Choice, Isolation},
    slot::{Host, Slot, Stop},
    spawner::Spawner,
};

/// Longest time that requests in flight get when the engine stops, whatever the services say.
const LONGEST_DRAIN: Duration = Duration::from_mins(1);

/// How to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Directory for everything that is kept.
    pub data: DataDirectory,
    /// The port that the stack is reached through; 0 takes a free one.
    pub port: u16,
    /// How tasks are to be set apart.
    pub isolation: Choice,
    /// Time that a new task has to become healthy.
    pub deadline: Duration,
}

/// A running engine.
pub struct Engine {
    data: DataDirectory,
    host: Host,
    port: u16,
    started: Timestamp,
    state: RwLock<State>,
    /// Held while a release is being applied.
    rolling: Mutex<()>,
    listeners: broadcast::Sender<Record>,
    stopping: watch::Sender<bool>,
    serving: Mutex<Option<JoinHandle<()>>>,
    _lock: Lock,
}

/// What runs.
#[derive(Default)]
struct State {
    stack: Option<Stack>,
    services: BTreeMap<String, Service>,
}

/// A service's slots; while it rolls, those of both releases.
struct Service {
    definition: Arc<Definition>,
    slots: Vec<Arc<Slot>>,
    log: ServiceLog,
}

impl Engine {
    /// Locks the data directory and listens on the port; no task is started. `None` if another engine has the directory.
    pub async fn start(options: Options) -> anyhow::Result<Option<Arc<Self>>> {
        let Options { data, port, isolation, deadline } = options;
        descriptors::raise_limit();
        data.create()?;
        let Some(lock) = data.lock_patiently().await? else { return Ok(None) };
        let listeners = listen(port).await?;
        let port = listeners[0].local_addr().context("asking for the port")?.port();
        let isolation = isolate(&data, isolation)?;
        let router = Router::new(Settings::of_load_balancer());
        let (stopping, stop) = watch::channel(false);
        let serving = tokio::spawn(serve(router.clone(), listeners, stop.clone()));
        let host = Host {
            spawner: Spawner::start()?,
            ports: Ports::default(),
            isolation,
            router,
            internals: Internals::new(stop),
            deadline,
        };
        Ok(Some(Arc::new(Self {
            data,
            host,
            port,
            started: Timestamp::now(),
            state: RwLock::default(),
            rolling: Mutex::default(),
            listeners: logs::listeners(),
            stopping,
            serving: Mutex::new(Some(serving)),
            _lock: lock,
        })))
    }

    /// Where the stack answers.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The port of the stack.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How tasks are set apart.
    pub fn isolation(&self) -> &Isolation {
        &self.host.isolation
    }

    /// True once a release runs.
    pub fn has_release(&self) -> bool {
        self.read().stack.is_some()
    }

    /// Every line that services write from now on.
    pub fn watch(&self) -> broadcast::Receiver<Record> {
        self.listeners.subscribe()
    }

    /// Finishes the requests in flight, then stops all tasks and waits for their ends.
    pub async fn stop(&self) {
        self.stopping.send_replace(true);
        let drain = self.read().services.values().map(|service| service.definition.drain).max();
        if let Some(serving) = self.serving.lock().await.take() {
            let limit = drain.unwrap_or_default().min(LONGEST_DRAIN);
            let abort = serving.abort_handle();
            if timeout(limit, serving).await.is_err() {
                abort.abort();
            }
        }
        self.stop_all(Stop::Drain).await;
    }

    /// Ends everything at once.
    pub async fn kill(&self) {
        self.stopping.send_replace(true);
        self.stop_all(Stop::Kill).await;
    }

    async fn stop_all(&self, how: Stop) {
        let slots: Vec<_> = self.read().services.values().flat_map(|service| service.slots.clone()).collect();
        stop_slots(&slots, how).await;
    }

    /// Removes roots that nothing runs from.
    fn sweep(&self) -> anyhow::Result<()> {
        let kept = self.read().services.values().map(|service| service.definition.root.digest).collect();
        root::sweep(&self.data, &kept)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn stop_slots(slots: &[Arc<Slot>], how: Stop) {
    futures_util::future::join_all(slots.iter().map(|slot| slot.stop(how))).await;
}

/// Finds out which isolation works here.
pub(super) fn isolate(data: &DataDirectory, choice: Choice) -> anyhow::Result<Isolation> {
    let scratch = data.roots().join("trial");
    fs::create_dir_all(&scratch).with_context(|| format!("making `{}`", scratch.display()))?;
    Isolation::detect(choice, &scratch)
}

/// Listens on the loopback addresses: IPv4 always, IPv6 where there is one, because `localhost` may mean either.
async fn listen(port: u16) -> anyhow::Result<Vec<TcpListener>> {
    let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| taken(port, error))?;
    let port = first.local_addr().context("asking for the port")?.port();
    let second = TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await;
    match second {
        Ok(second) => Ok(vec![first, second]),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Err(taken(port, error)),
        Err(_no_ipv6) => Ok(vec![first]),
    }
}

fn taken(port: u16, error: std::io::Error) -> anyhow::Error {
    if error.kind() == std::io::ErrorKind::AddrInUse {
        return hint::error!("port {port} is in use by another program", hint = "choose another port with `--port`");
    }
    anyhow::Error::new(error).context(format!("listening on port {port}"))
}

async fn serve(router: Router, listeners: Vec<TcpListener>, stop: watch::Receiver<bool>) {
    let serving = listeners.into_iter().map(|listener| {
        let mut stop = stop.clone();
        let stopped = async move {
            // An error says that the engine is gone.
            let _ = stop.wait_for(|stop| *stop).await;
        };
        let router = router.clone();
        async move {
            if let Err(error) = router.serve(listener, stopped).await {
                tracing::error!("serving the stack's port: {error}");
            }
        }
    });
    futures_util::future::join_all(serving).await;
}

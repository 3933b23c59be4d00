//! Single tasks, started as a scheduler says and not from a stack: what ECS would start, on this machine.

use std::{
    collections::BTreeMap,
    fs, io,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use oci::{Execution, Image};
use tokio::{net::TcpStream, sync::broadcast};

use super::{
    data_directory::{DataDirectory, Lock, check_inside},
    engine::isolate,
    logs::{self, Record, ServiceLog},
    network::{Doors, Network, Waiting, Ways},
    ownership,
    root::{self, Builder, Root},
    sandbox::{Choice, Data, Isolation, Mode, Spec},
    spawner::Spawner,
    task::Task,
    user::User,
};

/// Starts tasks, and has them end with it.
pub struct Launcher {
    data: DataDirectory,
    spawner: Spawner,
    isolation: Isolation,
    listeners: broadcast::Sender<Record>,
    _lock: Lock,
}

/// An image that tasks can be started from.
#[derive(Clone)]
pub struct Program(Root);

impl Program {
    /// The directory of the image's files.
    pub fn files(&self) -> &Path {
        &self.0.files
    }

    /// How the image says that it is run.
    pub fn execution(&self) -> &Execution {
        &self.0.execution
    }

    /// Whether the image's user is one that a task may have.
    pub fn has_user(&self) -> bool {
        User::of(None, &self.0).is_ok()
    }
}

/// What one task is.
#[derive(Clone, Debug)]
pub struct Launch {
    /// Its id, and its host name.
    pub id: String,
    /// Whose log its lines go to.
    pub service: String,
    /// Stands for the image's entrypoint, if it is not empty.
    pub entrypoint: Vec<String>,
    /// Stands for the image's arguments, if it is not empty.
    pub command: Vec<String>,
    /// Stands for the image's user.
    pub user: Option<String>,
    /// Directories that it may write to, which are memory, by their bytes.
    pub writable: BTreeMap<String, u64>,
    /// What it gets beside the image's environment.
    pub environment: BTreeMap<String, String>,
    /// A directory that outlives it: its name here, and where it is mounted.
    pub kept: Option<(String, String)>,
    /// Names that it knows beside its own.
    pub hosts: BTreeMap<String, IpAddr>,
    /// A network of its own; else it is the machine's.
    pub network: Option<Network>,
}

/// A task that was started. Dropping it kills it.
pub struct Launched {
    task: Task,
    /// Of a network of its own.
    ways: Option<Arc<Ways>>,
    doors: Doors,
}

/// How a task ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its code; 128 and the signal's number, as a shell has it; none if it never began.
    pub code: Option<i32>,
    /// The same in words.
    pub words: String,
}

impl Launcher {
    /// Locks `data`, and finds out how tasks are set apart here. None if an engine has the directory.
    pub async fn start(data: DataDirectory, isolation: Choice) -> anyhow::Result<Option<Self>> {
        data.create()?;
        let Some(lock) = data.lock_patiently().await? else { return Ok(None) };
        let isolation = isolate(&data, isolation)?;
        let (spawner, listeners) = (Spawner::start()?, logs::listeners());
        Ok(Some(Self { data, spawner, isolation, listeners, _lock: lock }))
    }

    /// How tasks are set apart.
    pub fn isolation(&self) -> &Isolation {
        &self.isolation
    }

    /// An error unless tasks are set apart, with files and networks of their own; `why` says who wants that.
    pub fn ensure_apart(&self, why: &str) -> anyhow::Result<()> {
        hint::ensure!(
            self.isolation.mode() != Mode::Plain,
            "this machine does not allow tasks to be set apart, {why}: {}",
            self.isolation,
            hint = "run it as root, or allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1)"
        );
        Ok(())
    }

    /// Every line that tasks write from now on.
    pub fn watch(&self) -> broadcast::Receiver<Record> {
        self.listeners.subscribe()
    }

    /// Unpacks an image, whoever built it, for the tasks of `service`.
    pub fn program(&self, service: &str, image: &Image, layout: &Path) -> anyhow::Result<Program> {
        let note = |said: &str| tracing::warn!("{said}");
        root::unpack(&self.data, service, image, layout, Builder::Any, note).map(Program)
    }

    /// Removes all that it keeps: there is nothing that a person would miss.
    pub fn remove(&self) -> anyhow::Result<()> {
        self.data.remove()
    }

    /// Starts a task.
    pub async fn launch(&self, program: &Program, launch: &Launch) -> anyhow::Result<Launched> {
        let Launch { id, service, .. } = launch;
        let user = User::of(launch.user.as_deref(), &program.0)?;
        let ids = user.ids;
        for path in launch.writable.keys() {
            check_inside(service, path)?;
        }
        let data = launch.kept.as_ref().map(|(name, inside)| self.keep(service, name, inside, ids)).transpose()?;
        let execution = &program.0.execution;
        let image = execution.env.iter().filter_map(|pair| pair.split_once('='));
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let image = user.environment().into_iter().chain(image).map(owned);
        let spec = Spec {
            mode: self.isolation.mode(),
            root: program.0.files.clone(),
            data,
            writable: launch.writable.clone(),
            ids,
            hostname: id.clone(),
            command: program.0.command(&launch.entrypoint, &launch.command),
            working_directory: execution.working_dir.clone(),
            environment: image.chain(launch.environment.clone()).collect(),
            hosts: self.hosts(launch)?,
            network: None,
        };
        let path = self.data.path().join("networks").join(id.get(..16).unwrap_or(id));
        let network = launch.network.as_ref().map(|network| Waiting::begin(&path, network)).transpose()?;
        let (waiting, network) = network.unzip();
        let log = ServiceLog::open(&self.data.logs(), service, self.listeners.clone())?;
        let task = Task::start(&self.spawner, id, &Spec { network, ..spec }, &log).await?;
        let ways = match waiting {
            None => None,
            Some(waiting) => tokio::select! {
                joined = waiting.joined() => Some(Arc::new(joined.context("joining a task's network")?)),
                // It could not be set apart, which its end tells.
                _ = task.ended() => None,
            },
        };
        Ok(Launched { task, ways, doors: Doors::default() })
    }

    fn keep(&self, service: &str, name: &str, inside: &str, ids: (u32, u32)) -> anyhow::Result<Data> {
        check_inside(service, inside)?;
        let host = self.data.service(name);
        ownership::make_kept(&host, self.isolation.mode(), ids)?;
        Ok(Data { host, inside: inside.to_owned() })
    }

    /// The file of names that a task has in place of the machine's; none if it knows no more than that.
    fn hosts(&self, launch: &Launch) -> anyhow::Result<Option<PathBuf>> {
        if launch.hosts.is_empty() {
            return Ok(None);
        }
        let path = self.data.path().join("hosts").join(&launch.id);
        let lines: Vec<_> = launch.hosts.iter().map(|(name, address)| format!("{address} {name}\n")).collect();
        let text = format!("127.0.0.1 localhost\n{}", lines.concat());
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        written.with_context(|| format!("writing `{}`", path.display()))?;
        // The task's user reads it.
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
        Ok(Some(path))
    }
}

impl Launched {
    /// Waits for its end.
    pub async fn ended(&self) -> Ended {
        let exit = self.task.ended().await;
        Ended { code: exit.code(), words: exit.to_string() }
    }

    /// Sends SIGTERM, and SIGKILL if it has not ended after `patience`. True if it ended in time.
    pub async fn stop(&self, patience: Duration) -> bool {
        self.task.stop(patience).await
    }

    /// Connects to a port of the task, which has a network of its own.
    pub async fn connect(&self, port: u16) -> io::Result<TcpStream> {
        self.ways.as_ref().ok_or(io::ErrorKind::NotConnected)?.connect(port).await
    }

    /// Where the task's programs listen, if it has a network of its own.
    pub async fn listeners(&self) -> io::Result<Vec<SocketAddr>> {
        self.ways.as_ref().ok_or(io::ErrorKind::NotConnected)?.listeners().await
    }

    /// Bytes of memory that the task's programs hold now, if it has a network of its own.
    pub async fn memory(&self) -> io::Result<u64> {
        self.ways.as_ref().ok_or(io::ErrorKind::NotConnected)?.memory().await
    }

    /// Has connections to `address` out here lead to the task's port of that number, if it has a network of its own.
    pub async fn open(&self, address: SocketAddr) -> anyhow::Result<()> {
        match &self.ways {
            Some(ways) => self.doors.open(ways, address).await,
            None => Ok(()),
        }
    }
}

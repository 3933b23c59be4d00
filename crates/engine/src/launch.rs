//! Single tasks, started as a scheduler says and not from a stack: what ECS would start, on this machine.

use std::{
    collections::BTreeMap,
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use oci::Image;
use tokio::sync::broadcast;

use super::{
    data_directory::{DataDirectory, Lock, check_inside},
    engine::isolate,
    logs::{self, Record, ServiceLog},
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
}

/// A task that was started. Dropping it kills it.
pub struct Launched(Task);

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

    /// Whether tasks have files of their own, such as the names of hosts.
    pub fn has_own_files(&self) -> bool {
        self.isolation.mode() != Mode::Plain
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
        };
        let log = ServiceLog::open(&self.data.logs(), service, self.listeners.clone())?;
        Task::start(&self.spawner, id, &spec, &log).await.map(Launched)
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
        let exit = self.0.ended().await;
        Ended { code: exit.code(), words: exit.to_string() }
    }

    /// Sends SIGTERM, and SIGKILL if it has not ended after `patience`. True if it ended in time.
    pub async fn stop(&self, patience: Duration) -> bool {
        self.0.stop(patience).await
    }
}

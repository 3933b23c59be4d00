//! The life of one real task: started, watched, ended.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr, SocketAddrV4},
    sync::Arc,
    time::{Duration, Instant},
};

use engine::{Ended, Launch, Launched, Launcher, Network};
use hint::ErrorReport;
use serde::Serialize;
use tokio::sync::mpsc::UnboundedSender;

use crate::{
    images::Images,
    registered::{Container, Spec, Task},
};

/// Bytes of a volume that goes with its task. On Fargate it shares 20 GiB with the image.
const VOLUME: u64 = 1 << 30;

/// ECS: `stopTimeout` of a container that does not say, in seconds.
const STOP_TIMEOUT: u64 = 30;

/// What happened to a task.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// Seconds since the agent began.
    pub seconds: f64,
    /// The service that it is of, as ECS calls it.
    pub service: String,
    /// Its id.
    pub task: String,
    /// `started`, `healthy`, `unhealthy`, `stopping`, `ended`.
    pub state: &'static str,
    /// More, where there is more to say.
    pub detail: String,
}

/// What a task's own thread of events says.
pub(crate) enum Happened {
    /// It runs.
    Started(Arc<Launched>),
    /// It ended, or could not be started.
    Ended(Ended),
}

/// A task that was taken on.
pub(crate) struct Life {
    pub(crate) task: Task,
    pub(crate) address: IpAddr,
    pub(crate) launched: Option<Arc<Launched>>,
    /// It is being stopped.
    pub(crate) stopping: bool,
    /// Registered with its target groups and names.
    pub(crate) serves: bool,
    /// What was last said of its health.
    pub(crate) told: Option<bool>,
}

impl Life {
    pub(crate) fn new(task: Task, address: IpAddr) -> Self {
        Self { task, address, launched: None, stopping: false, serves: false, told: None }
    }

    /// The container that is run: the first. ECS's own are not there.
    pub(crate) fn container(&self) -> Option<&Container> {
        self.task.spec.as_ref()?.containers.first()
    }

    /// How long it gets to end by itself.
    pub(crate) fn patience(&self) -> Duration {
        let seconds = self.container().and_then(|container| container.stop_timeout).unwrap_or(STOP_TIMEOUT);
        Duration::from_secs(seconds)
    }

    /// What is started.
    pub(crate) fn launch(
        &self,
        hosts: BTreeMap<String, IpAddr>,
        ways: BTreeMap<SocketAddrV4, SocketAddr>,
    ) -> Option<(Container, Launch)> {
        let spec = self.task.spec.as_ref()?;
        let container = self.container()?.clone();
        let kept = container.mounts.iter().find_map(|mount| {
            let volume = spec.volumes.iter().find(|volume| volume.name == mount.volume)?;
            Some((volume.kept.clone()?, mount.path.clone()))
        });
        let secrets = container.secrets.iter().map(|(name, value)| (name.clone(), value.reveal().to_owned()));
        let environment = container.environment.clone().into_iter().chain(secrets).collect();
        let launch = Launch {
            id: self.task.id().to_owned(),
            service: self.task.service.clone(),
            entrypoint: container.entry_point.clone().unwrap_or_default(),
            command: container.command.clone().unwrap_or_default(),
            user: container.user.clone(),
            writable: Self::writable(spec, &container),
            environment,
            kept,
            hosts,
            network: Some(Network { ways }),
        };
        Some((container, launch))
    }

    /// Where it is found: each port that it is registered with, or has a name for.
    pub(crate) fn doors(&self) -> BTreeSet<SocketAddr> {
        let Some(spec) = &self.task.spec else { return BTreeSet::new() };
        let named = spec.containers.iter().flat_map(|container| container.named_ports.values());
        let ports = spec.target_groups.iter().map(|group| &group.port).chain(named);
        ports.map(|port| (self.address, *port).into()).collect()
    }

    /// What goes with the task: memory, and volumes that nothing keeps.
    fn writable(spec: &Spec, container: &Container) -> BTreeMap<String, u64> {
        let memory = container.memory.iter().map(|(path, size)| (path.clone(), size << 20));
        // The engine gives each task its own.
        let memory = memory.filter(|(path, _)| path != "/tmp");
        let passing = container
            .mounts
            .iter()
            .filter(|mount| spec.volumes.iter().any(|volume| volume.name == mount.volume && volume.kept.is_none()));
        memory.chain(passing.map(|mount| (mount.path.clone(), VOLUME))).collect()
    }
}

/// Pulls, starts and waits for a task, and says so.
pub(crate) async fn live(
    launcher: Arc<Launcher>,
    images: Arc<Images>,
    container: Container,
    launch: Launch,
    doors: BTreeSet<SocketAddr>,
    say: UnboundedSender<(String, Happened)>,
) {
    let id = launch.id.clone();
    let ended = match start(&launcher, &images, &container, &launch, doors).await {
        Ok(task) => {
            let task = Arc::new(task);
            // Nobody listens at the end of a rehearsal.
            let _ = say.send((id.clone(), Happened::Started(Arc::clone(&task))));
            task.ended().await
        }
        Err(error) => Ended { code: None, words: ErrorReport::of(&error).error },
    };
    let _ = say.send((id, Happened::Ended(ended)));
}

async fn start(
    launcher: &Launcher,
    images: &Images,
    container: &Container,
    launch: &Launch,
    doors: BTreeSet<SocketAddr>,
) -> anyhow::Result<Launched> {
    let program = images.program(launcher, container).await?;
    let task = launcher.launch(&program, launch).await?;
    for door in doors {
        task.open(door).await?;
    }
    Ok(task)
}

/// Since when an agent counts.
#[derive(Clone, Copy)]
pub(crate) struct Clock(pub(crate) Instant);

impl Clock {
    pub(crate) fn seen(self, task: &Task, state: &'static str, detail: &str) -> Seen {
        Seen {
            seconds: self.0.elapsed().as_secs_f64(),
            service: task.service.clone(),
            task: task.id().to_owned(),
            state,
            detail: detail.to_owned(),
        }
    }
}

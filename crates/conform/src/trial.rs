//! One run of an image.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use engine::{Ended, Launch, Launched, Launcher, Network, Program};
use tokio::{sync::broadcast, task::JoinHandle, time::sleep};

use crate::subject::Subject;

/// How often a task is looked at.
const INTERVAL: Duration = Duration::from_millis(50);

/// How many lines are kept of what it writes.
const LINES: usize = 500;

/// A task that runs, or has ended.
pub(crate) struct Trial {
    pub(crate) task: Arc<Launched>,
    pub(crate) began: Instant,
    lines: Arc<Mutex<Vec<String>>>,
    peak: Arc<AtomicU64>,
    watching: [JoinHandle<()>; 2],
}

/// How a start went.
pub(crate) enum Start {
    /// Somebody listens, after so long.
    Listens(Vec<SocketAddr>, Duration),
    /// It ended before.
    Ended(Ended),
    /// Nobody does.
    Silent,
}

/// The number of a trial, which its task has for a name.
static NUMBER: AtomicU64 = AtomicU64::new(0);

impl Trial {
    pub(crate) async fn begin(
        launcher: &Launcher,
        program: &Program,
        subject: &Subject,
        port: u16,
        writable: &[String],
    ) -> anyhow::Result<Self> {
        let listening = launcher.watch();
        let id = format!("conform-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut environment = subject.environment.clone();
        environment.insert("PORT".to_owned(), port.to_string());
        let writable = writable.iter().map(|path| (path.clone(), crate::sizes::WRITABLE << 20));
        let launch = Launch {
            id: id.clone(),
            service: "conform".to_owned(),
            entrypoint: Vec::new(),
            command: subject.command.clone(),
            user: subject.user.clone(),
            writable: writable.collect(),
            environment,
            kept: None,
            hosts: BTreeMap::new(),
            network: Some(Network { ways: BTreeMap::new() }),
        };
        let (lines, peak) = (Arc::default(), Arc::default());
        let began = Instant::now();
        let task = Arc::new(launcher.launch(program, &launch).await?);
        let watching = [
            tokio::spawn(keep(listening, id, Arc::clone(&lines))),
            tokio::spawn(measure(Arc::clone(&task), Arc::clone(&peak))),
        ];
        Ok(Self { task, began, lines, peak, watching })
    }

    /// Waits until somebody listens, at `wanted` if that comes to be.
    pub(crate) async fn start(&self, patience: Duration) -> Start {
        let mut ended = Box::pin(self.task.ended());
        loop {
            tokio::select! {
                ended = &mut ended => return Start::Ended(ended),
                () = sleep(INTERVAL) => {}
            }
            let listeners = self.task.listeners().await.unwrap_or_default();
            if !listeners.is_empty() {
                return Start::Listens(listeners, self.began.elapsed());
            }
            if self.began.elapsed() > patience {
                return Start::Silent;
            }
        }
    }

    /// What it wrote so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Bytes of memory that its programs held at most.
    pub(crate) fn peak(&self) -> u64 {
        self.peak.load(Ordering::Relaxed)
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        self.watching.iter().for_each(JoinHandle::abort);
    }
}

async fn keep(mut listening: broadcast::Receiver<engine::logs::Record>, id: String, lines: Arc<Mutex<Vec<String>>>) {
    loop {
        match listening.recv().await {
            Ok(record) if record.task == id => {
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                if lines.len() < LINES {
                    lines.push(record.line);
                }
            }
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

async fn measure(task: Arc<Launched>, peak: Arc<AtomicU64>) {
    while let Ok(bytes) = task.memory().await {
        peak.fetch_max(bytes, Ordering::Relaxed);
        sleep(INTERVAL).await;
    }
}

//! Starts processes from one thread that lives as long as the engine.
//!
//! The kernel ends a task with the *thread* that started it (prctl(2), `PR_SET_PDEATHSIG`), and Tokio's threads come
//! and go.

use std::{io, sync::mpsc, thread};

use anyhow::Context;
use tokio::{
    process::{Child, Command},
    runtime::Handle,
    sync::oneshot,
};

/// Clones share the thread, which ends with the last of them.
#[derive(Clone)]
pub(crate) struct Spawner {
    jobs: mpsc::Sender<Job>,
}

struct Job {
    command: Command,
    answer: oneshot::Sender<io::Result<Child>>,
}

impl Spawner {
    /// Must be called within a Tokio runtime.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let runtime = Handle::current();
        let (jobs, waiting) = mpsc::channel::<Job>();
        thread::Builder::new()
            .name("spawner".to_owned())
            .spawn(move || {
                let _runtime = runtime.enter();
                for mut job in waiting {
                    // A child that nobody waits for any more is killed when it is dropped.
                    let _ = job.answer.send(job.command.spawn());
                }
            })
            .context("starting the thread that starts tasks")?;
        Ok(Self { jobs })
    }

    /// Starts `command`.
    pub(crate) async fn spawn(&self, command: Command) -> io::Result<Child> {
        let gone = || io::Error::other("the thread that starts tasks has ended");
        let (answer, answered) = oneshot::channel();
        self.jobs.send(Job { command, answer }).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

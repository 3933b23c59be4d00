//! What tasks write: kept as JSON lines, one file per service, and read back merged by time.

mod file;
mod lines;
mod query;

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use file::LogFile;
use jiff::Timestamp;
use lines::Lines;
pub use query::{Follow, Query, services};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    sync::broadcast,
};

/// Lines that wait for whoever watches; a slower watcher loses the oldest.
const LISTENER_LINES: usize = 8192;

/// Who hears every line that tasks write from now on.
pub(crate) fn listeners() -> broadcast::Sender<Record> {
    broadcast::channel(LISTENER_LINES).0
}

/// Lines that a failure is explained with.
const LAST: usize = 20;

/// One line.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Record {
    /// When it was read from the task, UTC.
    pub time: Timestamp,
    /// The task's service. Not in the file, whose name says it.
    #[serde(default)]
    pub service: String,
    /// The task.
    pub task: String,
    /// Where it was written.
    pub stream: Stream,
    /// The line without its end; what is not UTF-8 is replaced.
    pub line: String,
}

/// Where a line was written.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// The task's standard output.
    Stdout,
    /// The task's standard error.
    Stderr,
    /// By the engine, about the task.
    Engine,
}

/// The file of `service` in the directory `logs`.
fn path(logs: &Path, service: &str) -> PathBuf {
    logs.join(format!("{service}.log"))
}

/// The log of one service, to write.
#[derive(Clone)]
pub(crate) struct ServiceLog {
    shared: Arc<Shared>,
}

struct Shared {
    service: String,
    file: Mutex<LogFile>,
    listeners: broadcast::Sender<Record>,
}

/// The last lines of one task.
#[derive(Clone, Default)]
pub(crate) struct Tail {
    lines: Arc<Mutex<VecDeque<String>>>,
}

impl ServiceLog {
    /// Writes into the directory `logs` and shows each line to `listeners`.
    pub(crate) fn open(logs: &Path, service: &str, listeners: broadcast::Sender<Record>) -> anyhow::Result<Self> {
        let file = Mutex::new(LogFile::open(path(logs, service))?);
        Ok(Self { shared: Arc::new(Shared { service: service.to_owned(), file, listeners }) })
    }

    /// Says something about `task`.
    pub(crate) fn note(&self, task: &str, line: String) {
        self.write(task, Stream::Engine, vec![line]);
    }

    /// Copies `from` until it ends, a record for each line.
    pub(crate) async fn copy(self, mut from: impl AsyncRead + Unpin, task: String, stream: Stream, tail: Tail) {
        let mut lines = Lines::default();
        let mut chunk = vec![0; 64 << 10];
        loop {
            // A pipe that cannot be read is a pipe at its end.
            let count = from.read(&mut chunk).await.unwrap_or_default();
            let complete = if count == 0 { lines.finish() } else { lines.feed(&chunk[..count]) };
            tail.push(&complete);
            self.write(&task, stream, complete);
            if count == 0 {
                return;
            }
        }
    }

    fn write(&self, task: &str, stream: Stream, lines: Vec<String>) {
        let time = Timestamp::now();
        let service = &self.shared.service;
        let record = |line| Record { time, service: service.clone(), task: task.to_owned(), stream, line };
        let records: Vec<_> = lines.into_iter().map(record).collect();
        if records.is_empty() {
            return;
        }
        let written = self.shared.file.lock().unwrap_or_else(PoisonError::into_inner).append(&records);
        if let Err(error) = written {
            // Not a reason to stop the service. The lines still reach whoever watches.
            tracing::warn!(service.name = %service, "writing the log of `{service}`: {error}");
        }
        for record in records {
            // Nobody may be watching.
            let _ = self.shared.listeners.send(record);
        }
    }
}

impl Tail {
    fn push(&self, lines: &[String]) {
        let mut kept = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(lines.iter().rev().take(LAST).rev().cloned());
        let surplus = kept.len().saturating_sub(LAST);
        kept.drain(..surplus);
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

//! A task: one running copy of a service, in its sandbox.

use std::{
    os::{
        fd::OwnedFd,
        unix::{net::UnixStream as StdStream, process::ExitStatusExt},
    },
    process::{ExitStatus, Stdio},
    time::Duration,
};

use anyhow::Context;
use hint::ErrorReport;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    process::{Child, Command},
    sync::{mpsc, watch},
    task::JoinSet,
    time::timeout,
};

use super::{
    exit::Exit,
    logs::{ServiceLog, Stream, Tail},
    sandbox::{self, Mode, Order, Report, Spec},
    spawner::Spawner,
};

/// How long output is read after a task has ended. It normally ends with the task; without isolation a process that
/// the task left behind may hold it open.
const OUTPUT_GRACE: Duration = Duration::from_secs(1);

/// A task that was started. Dropping it kills it.
pub(crate) struct Task {
    orders: mpsc::UnboundedSender<Ending>,
    exit: watch::Receiver<Option<Exit>>,
    tail: Tail,
}

/// How a task is to end.
enum Ending {
    Stop,
    Kill,
}

impl Task {
    /// Starts what `spec` says and copies its output to `log`. That it could not be started is an [`Exit`], too.
    pub(crate) async fn start(spawner: &Spawner, id: &str, spec: &Spec, log: &ServiceLog) -> anyhow::Result<Self> {
        let (ours, theirs) = StdStream::pair().context("making a socket")?;
        ours.set_nonblocking(true).context("making a socket")?;
        let mut command = Command::new(sandbox::starter(spec.mode)?);
        command
            .arg(sandbox::ARGUMENT)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Control-C on the terminal is for the engine, which then stops its tasks in order.
            .process_group(0)
            .kill_on_drop(true);
        let mut keeper = spawner.spawn(command).await.context("starting a task")?;
        let tail = Tail::default();
        let mut output = JoinSet::new();
        if let Some(stdout) = keeper.stdout.take() {
            output.spawn(log.clone().copy(stdout, id.to_owned(), Stream::Stdout, tail.clone()));
        }
        if let Some(stderr) = keeper.stderr.take() {
            output.spawn(log.clone().copy(stderr, id.to_owned(), Stream::Stderr, tail.clone()));
        }
        let (reports, mut channel) = UnixStream::from_std(ours).context("making a socket")?.into_split();
        let mut line = serde_json::to_vec(spec)?;
        line.push(b'\n');
        // A keeper that cannot be told has ended, which its minder finds out.
        let _ = channel.write_all(&line).await;
        let (orders, received) = mpsc::unbounded_channel();
        let (exited, exit) = watch::channel(None);
        let reports = BufReader::new(reports).lines();
        let minder = Minder { keeper, mode: spec.mode, reports, channel, orders: received, output };
        tokio::spawn(async move { exited.send(Some(minder.mind().await)) });
        Ok(Self { orders, exit, tail })
    }

    /// Waits for the task's end.
    pub(crate) async fn ended(&self) -> Exit {
        let mut exit = self.exit.clone();
        let ended = exit.wait_for(Option::is_some).await.ok().and_then(|exit| exit.clone());
        ended.unwrap_or_else(|| not_started("the task that watched its process has ended"))
    }

    /// The last lines that it wrote.
    pub(crate) fn last_lines(&self) -> Vec<String> {
        self.tail.lines()
    }

    /// Sends SIGTERM, and SIGKILL if it has not ended after `patience`. True if it ended in time.
    pub(crate) async fn stop(&self, patience: Duration) -> bool {
        // A minder that is gone has seen the end.
        let _ = self.orders.send(Ending::Stop);
        if timeout(patience, self.ended()).await.is_ok() {
            return true;
        }
        self.kill().await;
        false
    }

    /// Sends SIGKILL and waits for the end.
    pub(crate) async fn kill(&self) {
        let _ = self.orders.send(Ending::Kill);
        self.ended().await;
    }
}

/// Waits for a task, and passes on what it is told.
struct Minder {
    keeper: Child,
    mode: Mode,
    reports: Lines<BufReader<OwnedReadHalf>>,
    channel: OwnedWriteHalf,
    orders: mpsc::UnboundedReceiver<Ending>,
    output: JoinSet<()>,
}

impl Minder {
    async fn mind(mut self) -> Exit {
        let mut report = None;
        let (mut listening, mut owned) = (true, true);
        let status = loop {
            tokio::select! {
                status = self.keeper.wait() => break status,
                line = self.reports.next_line(), if listening => match line {
                    Ok(Some(line)) => report = serde_json::from_str(&line).ok(),
                    _ => listening = false,
                },
                order = self.orders.recv(), if owned => {
                    // None: the task was dropped.
                    owned = order.is_some();
                    self.obey(order.unwrap_or(Ending::Kill)).await;
                }
            }
        };
        // What was said last may still be on its way.
        while let Ok(Ok(Some(line))) = timeout(OUTPUT_GRACE, self.reports.next_line()).await {
            report = serde_json::from_str(&line).ok();
        }
        let _ = timeout(OUTPUT_GRACE, async { while self.output.join_next().await.is_some() {} }).await;
        match report {
            Some(Report::Code(code)) => Exit::Code(code),
            Some(Report::Signal(signal)) => Exit::Signal(signal),
            Some(Report::Failed(report)) => Exit::NotStarted(report),
            None => status.map_or_else(not_started, of_status),
        }
    }

    async fn obey(&mut self, order: Ending) {
        match order {
            Ending::Kill => {
                // It has ended already.
                let _ = self.keeper.start_kill();
            }
            Ending::Stop if self.mode == Mode::Plain => terminate(&self.keeper),
            Ending::Stop => {
                let line = serde_json::to_vec(&Order::Stop).unwrap_or_default();
                // It has ended already.
                let _ = self.channel.write_all(&[line, vec![b'\n']].concat()).await;
            }
        }
    }
}

/// Sends SIGTERM to the keeper, which without isolation is the service.
fn terminate(keeper: &Child) {
    // The id is there until the process has been waited for, so it is not another's yet.
    let pid = keeper.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
    if let Some(pid) = pid {
        // It has ended already.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
}

fn not_started(reason: impl std::fmt::Display) -> Exit {
    Exit::NotStarted(ErrorReport { error: reason.to_string(), hint: None })
}

fn of_status(status: ExitStatus) -> Exit {
    status.code().map_or_else(|| Exit::Signal(status.signal().unwrap_or_default()), Exit::Code)
}

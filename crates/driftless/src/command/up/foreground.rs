//! `up` on a terminal: the engine runs in this process and shows what the services write.

use std::{process::ExitCode, sync::Arc};

use anyhow::Context;
use engine::{Control, DataDirectory, Engine, logs::Record};
use model::progress::Progress;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::broadcast::{Receiver, error::RecvError},
};

use super::{Args, progress, secrets, tell};
use crate::command::show::Painter;

/// Runs the stack until somebody wants it to end.
pub(super) async fn run(args: &Args, data: &DataDirectory) -> anyhow::Result<ExitCode> {
    let mut interrupts = Interrupts::listen()?;
    let Some(engine) = Engine::start(args.options(data)).await? else {
        hint::bail!("another engine has just started in `{}`", data.path().display(), hint = "try again");
    };
    let control = Control::open(data, engine.clone())?;
    let progress = progress();
    progress.note(&format!("isolation: {}", engine.isolation()));
    let lines = engine.watch();
    let ended = tokio::select! {
        ended = serve(args, data, &engine, lines, &progress) => ended,
        () = interrupts.next() => Ok(()),
        () = control.ended() => Ok(()),
    };
    progress.note("stopping: finishing the requests in flight (Control-C again to end at once)");
    tokio::select! {
        () = engine.stop() => {}
        () = interrupts.next() => engine.kill().await,
    }
    control.close().await;
    ended.map(|()| ExitCode::SUCCESS)
}

/// Starts everything, and shows what it writes. Returns only if it could not be started.
async fn serve(
    args: &Args,
    data: &DataDirectory,
    engine: &Arc<Engine>,
    lines: Receiver<Record>,
    progress: &Arc<dyn Progress>,
) -> anyhow::Result<()> {
    let bundle = args.bundle(data, progress).await?;
    let secrets = secrets(data, &bundle)?;
    let outcome = engine.apply(bundle, secrets, progress.clone()).await?;
    tell(&outcome, progress.as_ref());
    progress.note("the stack answers at the address below; Control-C stops it");
    args.print(&outcome)?;
    print_lines(lines, Painter::stdout(args.json, false), progress.as_ref()).await;
    Ok(())
}

async fn print_lines(mut lines: Receiver<Record>, painter: Painter, progress: &dyn Progress) {
    loop {
        match lines.recv().await {
            Ok(record) => painter.print(&record),
            Err(RecvError::Lagged(count)) => {
                progress.note(&format!("{count} lines left out; `driftless logs` has them"));
            }
            Err(RecvError::Closed) => return,
        }
    }
}

/// SIGINT, SIGTERM, and SIGHUP, which says that the terminal is gone.
pub(super) struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Interrupts {
    /// From now on they do not end this process.
    pub(super) fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("listening for signals");
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}

//! `driftless down`

use std::{
    process::ExitCode,
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use engine::{Client, DataDirectory};
use model::progress;
use tokio::runtime::Runtime;

use super::{data::Data, show::print};

/// Time for the engine's process to end after it has stopped everything.
const GONE: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(20);

/// Stop the stack that `up` started
///
/// Finishes the requests in flight, then sends each task SIGTERM, and SIGKILL after its stop timeout. What the services
/// keep stays where it is.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    data: Data,

    /// Then delete that directory, with all data of the services
    #[arg(long)]
    purge: bool,
}

const AFTER_HELP: &str = "\
Examples:
  driftless down
  driftless down --purge    start from nothing next time

Exit codes: 0 nothing runs now; 1 it could not be stopped.";

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let data = args.data.directory()?;
    let stopped = Runtime::new().context("starting the runtime")?.block_on(stop(&data))?;
    wait(&data)?;
    print(if stopped { "stopped" } else { "nothing runs" })?;
    if args.purge {
        purge(&data)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn stop(data: &DataDirectory) -> anyhow::Result<bool> {
    let Some(engine) = Client::connect(data).await? else { return Ok(false) };
    let step = progress::stderr().step("stopping: finishing the requests in flight");
    engine.stop().await?;
    step.done("");
    Ok(true)
}

/// Waits until the engine's process has exited.
fn wait(data: &DataDirectory) -> anyhow::Result<()> {
    let deadline = Instant::now() + GONE;
    while data.is_locked()? {
        ensure!(Instant::now() < deadline, "the engine has stopped everything, but its process has not exited");
        sleep(LOOK);
    }
    Ok(())
}

fn purge(data: &DataDirectory) -> anyhow::Result<()> {
    let directory = data.path();
    if !directory.exists() {
        return Ok(());
    }
    hint::ensure!(
        data.is_ours(),
        "`{}` was not created by `driftless up`, so it is not removed",
        directory.display(),
        hint = "remove it yourself"
    );
    data.remove()?;
    print(&format!("removed `{}`", directory.display()))
}

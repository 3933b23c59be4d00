//! `driftless down`

use std::{
    fs,
    path::PathBuf,
    process::ExitCode,
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use tokio::runtime::Runtime;

use super::print::print;

use crate::{
    local::{Client, Place},
    progress,
};

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
    /// Directory that `up` used [default: .driftless in the project]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Then remove that directory, with everything that the services kept
    #[arg(long)]
    purge: bool,
}

const AFTER_HELP: &str = "\
Examples:
  driftless down
  driftless down --purge    start from nothing next time

Exit codes: 0 nothing runs any more, or nothing ran; 1 it could not be stopped.";

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let place = Place::find(args.data.as_deref())?;
    let stopped = Runtime::new().context("starting the runtime")?.block_on(stop(&place))?;
    wait(&place)?;
    print(if stopped { "stopped" } else { "nothing runs" })?;
    if args.purge {
        purge(&place)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn stop(place: &Place) -> anyhow::Result<bool> {
    let Some(engine) = Client::connect(place).await? else { return Ok(false) };
    let step = progress::stderr().step("stopping: finishing the requests in flight");
    engine.stop().await?;
    step.done("");
    Ok(true)
}

/// Waits until the engine's process has let go of the place.
fn wait(place: &Place) -> anyhow::Result<()> {
    let deadline = Instant::now() + GONE;
    while place.is_taken()? {
        ensure!(Instant::now() < deadline, "the engine has stopped everything, but its process goes on");
        sleep(LOOK);
    }
    Ok(())
}

fn purge(place: &Place) -> anyhow::Result<()> {
    let directory = place.directory();
    if !directory.exists() {
        return Ok(());
    }
    ensure!(
        place.is_ours(),
        "`{}` was not made by `driftless up`, so it is not removed\nhint: remove it yourself",
        directory.display()
    );
    place.unlock();
    fs::remove_dir_all(directory).with_context(|| format!("removing `{}`", directory.display()))?;
    print(&format!("removed `{}`", directory.display()))
}

//! `driftless up`

mod daemon;
mod foreground;
mod handover;

use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use engine::{
    self, Choice, Client, DataDirectory,
    report::{Change, Outcome},
};
use model::{
    bundle::Bundle,
    progress::{self, Progress},
    project::Project,
};
use tokio::runtime::Runtime;

use super::{data::Data, show::print};
use crate::{compile, pulled};

pub(super) use daemon::{EngineArgs, run as run_engine};

/// The port that is taken when none is asked for.
const PORT: u16 = 8080;

/// Build the services and run the stack on this machine
///
/// Builds an image of every service, gives each task its own root with the image's user, a read-only file system
/// and exactly the environment of its task definition, and serves them on one port with the load balancer's rules.
///
/// Runs until Control-C, which finishes the requests in flight; a second one ends everything at once. If the stack runs
/// already, moves it to the new release: new tasks start, become healthy and take over, then the old ones drain and
/// stop. Services that did not change are left alone. If a new task does not become healthy, the old ones stay, and
/// the exit code is 1.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Port on the loopback address that the stack listens on; 0 for a free one [default: 8080]
    #[arg(long, value_name = "N")]
    port: Option<u16>,

    #[command(flatten)]
    data: Data,

    /// Run in the background, and return when everything is healthy
    #[arg(long, short)]
    detach: bool,

    /// Run this bundle, built by `driftless bundle` or Nix, instead of building one
    #[arg(long, value_name = "DIR", env = "DRIFTLESS_BUNDLE", hide_env_values = true)]
    bundle: Option<PathBuf>,

    /// How tasks are set apart from the rest of this machine
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    isolation: Choice,

    /// Seconds that a new task has to become healthy
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,

    /// Print the result, and then log lines, as JSON
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
Examples:
  driftless up                    build, run, and show what the services write
  driftless up -d && driftless open
  driftless up --port 9000        answer on another port
  driftless up --bundle result    run a bundle that was built elsewhere

Differences to ECS: a task listens on a free port of the loopback address, given as PORT; health checks come at \
least every 2 s; CPU and memory are not limited; the network is this machine's.

Secrets that the stack names are read from the environment, then from `secrets.env` (NAME=value lines, mode 600) in \
the data directory.

Exit codes: 0 it runs, or ran and was stopped; 1 it could not be built, or did not become healthy.";

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let data = args.data.directory()?;
    let runtime = Runtime::new().context("starting the runtime")?;
    let done = runtime.block_on(up(args, &data));
    // A build that was interrupted is not waited for.
    runtime.shutdown_background();
    done
}

async fn up(args: &Args, data: &DataDirectory) -> anyhow::Result<ExitCode> {
    match Client::connect(data).await? {
        Some(engine) => handover::run(args, data, &engine).await,
        None if args.detach => daemon::start(args, data).await,
        None => foreground::run(args, data).await,
    }
}

impl Args {
    fn options(&self, data: &DataDirectory) -> engine::Options {
        engine::Options {
            data: data.clone(),
            port: self.port.unwrap_or(PORT),
            isolation: self.isolation,
            deadline: Duration::from_secs(self.timeout),
        }
    }

    /// The bundle that was asked for, or one built from the project's sources.
    async fn bundle(&self, data: &DataDirectory, progress: &Arc<dyn Progress>) -> anyhow::Result<Bundle> {
        if let Some(directory) = &self.bundle {
            let directory = directory.canonicalize();
            let directory =
                directory.with_context(|| format!("opening the bundle `{}`", shown(self.bundle.as_deref())))?;
            let progress = progress.clone();
            let opened = tokio::task::spawn_blocking(move || pulled::open(&directory, progress.as_ref()));
            return opened.await.context("opening the bundle")?;
        }
        let project = Project::here()?;
        let (out, progress) = (data.bundle(), progress.clone());
        data.create()?;
        let built = tokio::task::spawn_blocking(move || {
            let bundle = compile::bundle(&project, &out, &compile::Options::default(), progress.as_ref())?;
            pulled::complete(bundle, progress.as_ref())
        });
        built.await.context("building the images")?
    }

    fn print(&self, outcome: &Outcome) -> anyhow::Result<()> {
        if self.json { print(&serde_json::to_string(outcome)?) } else { print(&outcome.url) }
    }
}

fn shown(path: Option<&Path>) -> String {
    path.unwrap_or(Path::new("")).display().to_string()
}

/// The secrets of `bundle`'s stack, from this command's environment or the data directory's file.
fn secrets(data: &DataDirectory, bundle: &Bundle) -> anyhow::Result<BTreeMap<String, engine::Secret>> {
    engine::secrets(data, &bundle.release.stack, |name| env::var(name).ok())
}

/// Says what became of each service.
fn tell(outcome: &Outcome, progress: &dyn Progress) {
    for service in &outcome.services {
        let digest = service.digest.short();
        progress.note(&match service.change {
            Change::Started => format!("`{}` started from {digest}", service.name),
            Change::Rolled => format!("`{}` rolled to {digest}", service.name),
            Change::Scaled => format!("`{}` has another number of tasks", service.name),
            Change::Unchanged => format!("`{}` is unchanged at {digest}", service.name),
            Change::Removed => format!("`{}` removed", service.name),
        });
    }
}

fn progress() -> Arc<dyn Progress> {
    progress::stderr()
}

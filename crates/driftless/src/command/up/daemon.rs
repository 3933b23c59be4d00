//! `up --detach`: the engine runs in a process of its own.

use std::{
    fs::File,
    io::Write,
    net::{Ipv4Addr, TcpListener},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Command, ExitCode, Stdio},
    time::Duration,
};

use anyhow::Context;
use clap::ValueEnum;
use engine::{self, Choice, Client, Control, DataDirectory, Engine};
use hint::ErrorReport;
use tokio::{
    io::AsyncReadExt,
    runtime::Runtime,
    time::{Instant, sleep},
};

use super::{Args, PORT, foreground::Interrupts, progress, secrets, tell};

/// What a new engine says when it takes commands; anything else is why it does not.
const READY: &str = "ready\n";
/// Time for an engine that gave up to be gone.
const GONE: Duration = Duration::from_secs(90);
const LOOK: Duration = Duration::from_millis(20);

/// Run the engine of `up --detach`
#[derive(Debug, clap::Args)]
pub(in crate::command) struct EngineArgs {
    #[arg(long)]
    data: PathBuf,
    #[arg(long)]
    port: u16,
    #[arg(long, value_enum)]
    isolation: Choice,
    #[arg(long)]
    timeout: u64,
}

/// Builds, starts an engine and hands the release to it.
pub(super) async fn start(args: &Args, data: &DataDirectory) -> anyhow::Result<ExitCode> {
    check_port(args.port.unwrap_or(PORT))?;
    let progress = progress();
    let bundle = args.bundle(data, &progress).await?;
    let secrets = secrets(data, &bundle)?;
    spawn(args, data).await?;
    let engine = Client::connect(data)
        .await?
        .with_context(|| format!("the engine exited during start-up; see `{}`", data.engine_log().display()))?;
    progress.note(&format!("isolation: {}", engine.status().await?.isolation));
    match engine.release(&bundle.directory, secrets, progress.as_ref()).await {
        Ok(outcome) => {
            tell(&outcome, progress.as_ref());
            args.print(&outcome)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            gone(data).await?;
            Err(error)
        }
    }
}

/// Says early what the engine would find after a long build.
fn check_port(port: u16) -> anyhow::Result<()> {
    let taken =
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err_and(|e| e.kind() == std::io::ErrorKind::AddrInUse);
    hint::ensure!(!taken, "port {port} is in use by another program", hint = "choose another port with `--port`");
    Ok(())
}

/// Starts the engine's process and waits until it takes commands.
async fn spawn(args: &Args, data: &DataDirectory) -> anyhow::Result<()> {
    data.create()?;
    let path = data.engine_log();
    let log = File::create(&path).with_context(|| format!("writing `{}`", path.display()))?;
    let isolation = args.isolation.to_possible_value().context("naming the isolation")?;
    let mut command = Command::new(engine::program()?);
    command
        .arg0("driftless")
        .arg(super::super::ENGINE)
        .arg("--data")
        .arg(data.path())
        .args(["--port", &args.port.unwrap_or(PORT).to_string()])
        .args(["--isolation", isolation.get_name()])
        .args(["--timeout", &args.timeout.to_string()])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log);
    let mut engine = tokio::process::Command::from(command).spawn().context("starting the engine")?;
    let mut said = String::new();
    let mut stdout = engine.stdout.take().context("starting the engine")?;
    stdout.read_to_string(&mut said).await.context("waiting for the engine")?;
    match said.as_str() {
        READY => Ok(()),
        "" => hint::bail!("the engine exited during start-up", hint = "see `{}`", path.display()),
        report => {
            let report: ErrorReport = serde_json::from_str(report).context("reading the engine's error")?;
            Err(report.into_error())
        }
    }
}

/// Waits until the engine, which has given up, is gone.
async fn gone(data: &DataDirectory) -> anyhow::Result<()> {
    let deadline = Instant::now() + GONE;
    while data.is_locked()? && Instant::now() < deadline {
        sleep(LOOK).await;
    }
    Ok(())
}

/// The engine's process.
pub(in crate::command) fn run(args: &EngineArgs) -> anyhow::Result<ExitCode> {
    // Fails for the leader of a session, which has what we want.
    let _ = rustix::process::setsid();
    let runtime = Runtime::new().context("starting the runtime")?;
    let ended = runtime.block_on(engine(args));
    if let Err(error) = &ended {
        say(&serde_json::to_string(&ErrorReport::of(error)).context("reporting an error")?);
    }
    ended.map(|()| ExitCode::SUCCESS)
}

async fn engine(args: &EngineArgs) -> anyhow::Result<()> {
    let mut interrupts = Interrupts::listen()?;
    let data = DataDirectory::new(args.data.clone());
    let options = engine::Options {
        data: data.clone(),
        port: args.port,
        isolation: args.isolation,
        deadline: Duration::from_secs(args.timeout),
    };
    let Some(engine) = Engine::start(options).await? else {
        hint::bail!("another engine has just started in `{}`", data.path().display(), hint = "try again");
    };
    let control = Control::open(&data, engine.clone())?;
    say(READY);
    hang_up()?;
    tokio::select! {
        () = control.ended() => {}
        () = interrupts.next() => {}
    }
    engine.stop().await;
    control.close().await;
    Ok(())
}

fn say(text: &str) {
    // Whoever started us has gone.
    let _ = std::io::stdout().write_all(text.as_bytes());
    let _ = std::io::stdout().flush();
}

/// Tells whoever started us that there is nothing more to come.
fn hang_up() -> anyhow::Result<()> {
    let null = File::options().write(true).open("/dev/null").context("opening `/dev/null`")?;
    rustix::stdio::dup2_stdout(null).context("closing standard output")
}

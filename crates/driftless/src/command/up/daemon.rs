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

use anyhow::{Context, bail, ensure};
use clap::ValueEnum;
use tokio::{
    io::AsyncReadExt,
    runtime::Runtime,
    time::{Instant, sleep},
};

use super::{Args, PORT, foreground::Interrupts, progress, secrets, tell};
use crate::local::{self, Choice, Client, Control, Engine, Place};

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
pub(super) async fn start(args: &Args, place: &Place) -> anyhow::Result<ExitCode> {
    check_port(args.port.unwrap_or(PORT))?;
    let progress = progress();
    let bundle = args.bundle(place, &progress).await?;
    let secrets = secrets(place, &bundle)?;
    spawn(args, place).await?;
    let engine = Client::connect(place).await?.context("the engine is gone before it began")?;
    progress.note(&format!("isolation: {}", engine.status().await?.isolation));
    match engine.release(&bundle.directory, secrets, progress.as_ref()).await {
        Ok(outcome) => {
            tell(&outcome, progress.as_ref());
            args.print(&outcome)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            gone(place).await?;
            Err(error)
        }
    }
}

/// Says early what the engine would find after a long build.
fn check_port(port: u16) -> anyhow::Result<()> {
    let taken =
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err_and(|e| e.kind() == std::io::ErrorKind::AddrInUse);
    ensure!(!taken, "port {port} is in use by another program\nhint: choose another one with `--port`");
    Ok(())
}

/// Starts the engine's process and waits until it takes commands.
async fn spawn(args: &Args, place: &Place) -> anyhow::Result<()> {
    place.create()?;
    let path = place.engine_log();
    let log = File::create(&path).with_context(|| format!("writing `{}`", path.display()))?;
    let isolation = args.isolation.to_possible_value().context("naming the isolation")?;
    let mut command = Command::new(local::program()?);
    command
        .arg0("driftless")
        .arg(super::super::ENGINE)
        .arg("--data")
        .arg(place.directory())
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
        "" => bail!("the engine ended while it started\nhint: `{}` may say why", path.display()),
        // Its own words, hint included.
        reason => bail!("{}", reason.trim_end()),
    }
}

/// Waits until the engine, which has given up, is gone.
async fn gone(place: &Place) -> anyhow::Result<()> {
    let deadline = Instant::now() + GONE;
    while place.is_taken()? && Instant::now() < deadline {
        sleep(LOOK).await;
    }
    Ok(())
}

/// The engine's process.
pub(in crate::command) fn run(args: &EngineArgs) -> anyhow::Result<ExitCode> {
    // Fails for the leader of a session, which has what we want.
    let _ = rustix::process::setsid();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    let runtime = Runtime::new().context("starting the runtime")?;
    let ended = runtime.block_on(engine(args));
    if let Err(error) = &ended {
        say(&format!("{error:#}\n"));
    }
    ended.map(|()| ExitCode::SUCCESS)
}

async fn engine(args: &EngineArgs) -> anyhow::Result<()> {
    let mut interrupts = Interrupts::listen()?;
    let place = Place::find(Some(&args.data))?;
    let options = local::Options {
        place: place.clone(),
        port: args.port,
        isolation: args.isolation,
        deadline: Duration::from_secs(args.timeout),
    };
    let Some(engine) = Engine::start(options).await? else {
        bail!("another engine just started in `{}`\nhint: try again", place.directory().display());
    };
    let control = Control::open(&place, engine.clone())?;
    say(READY);
    hang_up()?;
    tokio::select! {
        _ = control.wish() => {}
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

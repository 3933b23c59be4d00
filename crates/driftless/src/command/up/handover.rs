//! `up` while the stack runs: hands the new release to the engine that runs it.

use std::process::ExitCode;

use engine::{Choice, Client, DataDirectory};

use super::{Args, progress, secrets, tell};

/// Builds, and moves the running stack to what was built.
pub(super) async fn run(args: &Args, data: &DataDirectory, engine: &Client) -> anyhow::Result<ExitCode> {
    let port = engine.status().await?.engine.port;
    hint::ensure!(
        args.port.is_none_or(|asked| asked == port || asked == 0),
        "the stack is already running on port {port}, not {}",
        args.port.unwrap_or_default(),
        hint = "leave `--port` out, or stop the stack first with `driftless down`"
    );
    hint::ensure!(
        args.isolation == Choice::Auto,
        "the stack is already running, and its isolation cannot be changed",
        hint = "leave `--isolation` out, or stop the stack first with `driftless down`"
    );
    let progress = progress();
    progress.note(&format!("the stack runs already at http://localhost:{port}: moving it to the new release"));
    let bundle = args.bundle(data, &progress).await?;
    let secrets = secrets(data, &bundle)?;
    let outcome = engine.release(&bundle.directory, secrets, progress.as_ref()).await;
    let outcome = outcome.map_err(|error| error.context("the new release does not run; the one before still does"))?;
    tell(&outcome, progress.as_ref());
    args.print(&outcome)?;
    Ok(ExitCode::SUCCESS)
}

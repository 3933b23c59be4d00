//! `up` while the stack runs: hands the new release to the engine that runs it.

use std::process::ExitCode;

use anyhow::ensure;

use super::{Args, progress, secrets, tell};
use crate::local::{Choice, Client, Place};

/// Builds, and moves the running stack to what was built.
pub(super) async fn run(args: &Args, place: &Place, engine: &Client) -> anyhow::Result<ExitCode> {
    let port = engine.status().await?.engine.port;
    ensure!(
        args.port.is_none_or(|asked| asked == port || asked == 0),
        "the stack runs on port {port} already, port {} was asked for\nhint: leave `--port` out, or stop it first with \
         `driftless down`",
        args.port.unwrap_or_default()
    );
    ensure!(
        args.isolation == Choice::Auto,
        "the stack runs already, and its isolation stays\nhint: leave `--isolation` out, or stop it first with \
         `driftless down`"
    );
    let progress = progress();
    progress.note(&format!("the stack runs already at http://localhost:{port}: moving it to the new release"));
    let bundle = args.bundle(place, &progress).await?;
    let secrets = secrets(place, &bundle)?;
    let outcome = engine.release(&bundle.directory, secrets, progress.as_ref()).await;
    let outcome = outcome.map_err(|error| error.context("the new release does not run; the one before still does"))?;
    tell(&outcome, progress.as_ref());
    args.print(&outcome)?;
    Ok(ExitCode::SUCCESS)
}

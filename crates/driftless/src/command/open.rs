//! `driftless open`

use std::{
    env,
    process::{Command, ExitCode, Stdio},
};

use anyhow::Context;
use engine::{Client, DataDirectory};
use model::exit::Exit;
use tokio::runtime::Runtime;

use super::{data::Data, show::print};

/// Open the stack's page in the browser
///
/// Prints the address, and opens it where there is a display.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    data: Data,
}

const AFTER_HELP: &str = "\
Examples:
  driftless open
  curl \"$(driftless open)/health\"

Exit codes: 0 the address was printed; 1 the engine does not answer; 7 nothing runs.";

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let data = args.data.directory()?;
    let Some(url) = Runtime::new().context("starting the runtime")?.block_on(url(&data))? else {
        eprintln!("nothing runs\nhint: start it with `driftless up`");
        return Ok(Exit::NothingRuns.into());
    };
    print(&url)?;
    if let Some(opener) = opener() {
        let opened = Command::new(opener).arg(&url).stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        // The address was printed, which is enough to go on.
        if let Err(error) = opened {
            eprintln!("running `{opener}`: {error}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn url(data: &DataDirectory) -> anyhow::Result<Option<String>> {
    let Some(engine) = Client::connect(data).await? else { return Ok(None) };
    Ok(Some(engine.status().await?.url))
}

/// The program that opens pages, if there is a display to open them on.
fn opener() -> Option<&'static str> {
    if cfg!(target_os = "macos") {
        return Some("open");
    }
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    (set("DISPLAY") || set("WAYLAND_DISPLAY")).then_some("xdg-open")
}

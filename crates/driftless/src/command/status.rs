//! `driftless status`

mod table;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use jiff::Timestamp;
use serde_json::json;
use tokio::runtime::Runtime;

use super::{print::print, remote};

use crate::local::{
    Client, Place,
    report::{SCHEMA, Status},
};

/// Exit code of commands that need a running stack.
pub(super) const NOTHING_RUNS: u8 = 3;

/// Show what runs, from which image, and how it is
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Look at this environment on AWS, not at this machine
    #[arg(short, long, value_name = "NAME", conflicts_with = "data")]
    env: Option<String>,

    /// Directory that `up` used [default: .driftless in the project]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
Examples:
  driftless status
  driftless status --json | jq -r '.services[].tasks[].digest'
  driftless status --env prod
  until driftless status >/dev/null; do sleep 1; done

Exit codes: 0 every task is healthy; 1 one is not, or the engine does not answer; 3 nothing runs.";

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if let Some(environment) = &args.env {
        return remote::run(&remote::Ask::Status { environment, json: args.json });
    }
    let place = Place::find(args.data.as_deref())?;
    let status = Runtime::new().context("starting the runtime")?.block_on(status(&place))?;
    let Some(status) = status else {
        if args.json {
            print(&json!({ "schema": SCHEMA, "project": null, "healthy": false, "services": [] }).to_string())?;
        }
        eprintln!("nothing runs\nhint: start it with `driftless up`");
        return Ok(ExitCode::from(NOTHING_RUNS));
    };
    if args.json {
        print(&serde_json::to_string_pretty(&status)?)?;
    } else {
        print(table::of(&status, Timestamp::now()).trim_end())?;
    }
    Ok(if status.healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn status(place: &Place) -> anyhow::Result<Option<Status>> {
    let Some(engine) = Client::connect(place).await? else { return Ok(None) };
    engine.status().await.map(Some)
}

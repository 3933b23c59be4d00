//! `driftless status`

mod table;

use std::process::ExitCode;

use anyhow::Context;
use engine::{
    Client, DataDirectory,
    report::{SCHEMA, Status},
};
use jiff::Timestamp;
use model::exit::Exit;
use serde::Serialize;
use tokio::runtime::Runtime;

use super::{
    aws,
    data::Data,
    show::{print, print_document, print_json},
};

/// Show what runs, from which image, and how it is
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Show this environment on AWS instead of this machine
    #[arg(short, long, value_name = "NAME", conflicts_with = "data")]
    env: Option<String>,

    #[command(flatten)]
    data: Data,

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

Exit codes: 0 every task is healthy; 1 one is not, or the engine does not answer; 7 nothing runs.";

/// What `--json` prints where there is no engine.
#[derive(Serialize)]
struct NothingRuns {
    project: Option<String>,
    healthy: bool,
    services: [(); 0],
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if let Some(environment) = &args.env {
        return aws::status(environment, args.json);
    }
    let data = args.data.directory()?;
    let status = Runtime::new().context("starting the runtime")?.block_on(status(&data))?;
    let Some(status) = status else {
        if args.json {
            print_json(SCHEMA, &NothingRuns { project: None, healthy: false, services: [] })?;
        }
        eprintln!("nothing runs\nhint: start it with `driftless up`");
        return Ok(Exit::NothingRuns.into());
    };
    if args.json {
        print_document(&status)?;
    } else {
        print(table::of(&status, Timestamp::now()).trim_end())?;
    }
    Ok(if status.healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn status(data: &DataDirectory) -> anyhow::Result<Option<Status>> {
    let Some(engine) = Client::connect(data).await? else { return Ok(None) };
    engine.status().await.map(Some)
}

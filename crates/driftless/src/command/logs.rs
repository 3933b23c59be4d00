//! `driftless logs`

mod since;

use std::{process::ExitCode, thread::sleep, time::Duration};

use anyhow::Context;
use jiff::Timestamp;

use engine::{
    DataDirectory,
    logs::{self, Query, Record},
};
use model::{release::Release, unknown::Unknown};

use super::{
    aws,
    data::Data,
    show::{Painter, print_lines},
};

/// How often the files are looked at for more.
const LOOK: Duration = Duration::from_millis(200);

/// Show what the services wrote
///
/// The last 20 to 30 MB of each service are kept, also when nothing runs. Lines of several services are
/// merged by time.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Service; all of them if none is named
    services: Vec<String>,

    /// Continue with new lines until Control-C
    #[arg(long, short)]
    follow: bool,

    /// Leave out what is older: a time ago (`90s`, `10m`, `2h`, `1d`) or an RFC 3339 time
    #[arg(long, value_name = "TIME", value_parser = since::parse)]
    since: Option<Timestamp>,

    /// The last lines only
    #[arg(long, short = 'n', value_name = "N")]
    tail: Option<usize>,

    /// Print when each line was written, in UTC
    #[arg(long, short, conflicts_with = "json")]
    timestamps: bool,

    /// Print each line as JSON, with time, service, task and stream
    #[arg(long)]
    json: bool,

    /// Only lines that have this text in them
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,

    /// Read the logs of this environment on AWS, not of this machine; the last ten minutes if `--since` says nothing
    #[arg(short, long, value_name = "NAME", conflicts_with = "data")]
    env: Option<String>,

    #[command(flatten)]
    data: Data,
}

const AFTER_HELP: &str = "\
Examples:
  driftless logs --tail 50
  driftless logs backend --follow --since 10m
  driftless logs --env prod --follow --filter ERROR
  driftless logs --json | jq -r 'select(.stream == \"stderr\") | .line'

Exit codes: 0 the lines were printed; 1 a log could not be read; 2 there is no such service; 130 ended by Control-C.";

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let painter = Painter::stdout(args.json, args.timestamps);
    if let Some(environment) = &args.env {
        return aws::logs(&aws::Query {
            environment,
            services: &args.services,
            follow: args.follow,
            since: args.since,
            tail: args.tail,
            filter: args.filter.as_deref(),
            painter,
        });
    }
    let data = args.data.directory()?;
    let directory = data.logs();
    check(args, &data)?;
    let doing = || format!("reading `{}`", directory.display());
    // With a filter the last lines are the last of those that pass it.
    let tail = args.tail.filter(|_| args.filter.is_none());
    let query = Query { services: args.services.clone(), since: args.since, tail };
    let (records, mut follow) = query.read(&directory).with_context(doing)?;
    let records = passing(records, args.filter.as_deref());
    let skipped = args.tail.map_or(0, |tail| records.len().saturating_sub(tail));
    if !print_lines(painter, &records[skipped..])? || !args.follow {
        return Ok(ExitCode::SUCCESS);
    }
    let query = Query { tail: None, ..query };
    loop {
        sleep(LOOK);
        let records = query.read_on(&directory, &mut follow).with_context(doing)?;
        let records = passing(records, args.filter.as_deref());
        if !print_lines(painter, &records)? {
            return Ok(ExitCode::SUCCESS);
        }
    }
}

/// Those that have `text` in them.
fn passing(mut records: Vec<Record>, text: Option<&str>) -> Vec<Record> {
    records.retain(|record| text.is_none_or(|text| record.line.contains(text)));
    records
}

/// A service is known if it has a log, or is part of the release that ran last.
fn check(args: &Args, data: &DataDirectory) -> anyhow::Result<()> {
    let mut known = logs::services(&data.logs()).context("looking for logs")?;
    if let Ok(release) = Release::read(&data.release()) {
        known.extend(release.images.into_keys());
    }
    known.sort();
    known.dedup();
    let Some(unknown) = args.services.iter().find(|service| !known.contains(service)) else { return Ok(()) };
    if known.is_empty() {
        hint::bail!(
            "service `{unknown}` does not exist: nothing has run yet",
            hint = "start the stack with `driftless up`"
        );
    }
    Err(Unknown::new("service", unknown, "the services", known.iter().map(String::as_str)).into())
}

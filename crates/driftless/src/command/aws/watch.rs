//! `driftless watch`

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use cloud::{
    interrupt,
    rollout::{
        Limits, System, Watch, WatchEnd,
        watch::{self, Json, Show, watch},
    },
};

use hint::{ErrorReport, find};
use model::exit::Exit;

use super::options::Look;
use super::place::Place;
use crate::command::show::{print, say};

/// Follow a deployment until it is live, or is not
///
/// Follows the newest deployment of each service, no matter who started it, and prints what happens: tasks that start, serve or
/// fail, with the reason in plain words and the last lines that they wrote. A deployment that can't succeed is stopped,
/// and ECS goes back to what ran before. It is live when the new image runs at the desired count, the old tasks are gone,
/// and the load balancer answers.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  driftless watch -e dev
  driftless watch -e prod --timeout 30 --attempts 5
  driftless watch -e dev --json | jq -r 'select(.type == \"event\") | .words'

Exit codes: 0 live; 1 it could not be found out; 2 the command line is wrong; 3 failed and rolled back; 4 failed and needs
a person, superseded, at zero tasks, or not known in time; 130 interrupted: the deployment continues.")]
pub(in crate::command) struct Args {
    #[command(flatten)]
    place: Look,

    /// Minutes that the deployment may take, beside those in which the strategy moves traffic; then it is stopped
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=1440))]
    timeout: u64,

    /// Failed tasks that end it; two are enough where the next would fail for sure
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = attempts)]
    attempts: usize,

    /// Print each event, and the verdict, as JSON in a line
    #[arg(long)]
    json: bool,
}

fn attempts(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| (1..=100).contains(count)).ok_or_else(|| "not a number from 1 to 100".into())
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let place = Place::open(&args.place).await?;
    let time = Duration::from_mins(args.timeout);
    let certain = args.attempts.min(Limits::default().certain);
    let limits = Limits { attempts: args.attempts, certain, ..Limits::of(&place.environment, time) };
    let followed = begin(&place, limits).await?;
    let report = match follow(&place, &followed, args.json).await? {
        WatchEnd::Verdicts(report) => report,
        WatchEnd::Interrupted(in_progress) => {
            eprintln!("stopped watching; what is in progress continues");
            for deployment in in_progress {
                say(&format!("  {deployment}"));
            }
            eprintln!(
                "hint: `driftless watch -e {0}` follows it again, `driftless abort -e {0}` stops it",
                place.site.environment
            );
            return Ok(Exit::Interrupted.into());
        }
    };
    print(&if args.json { report.json() } else { report.text() })?;
    Ok(report.exit().into())
}

/// What is to be followed. An outage of AWS, or throttling, is waited out as it is later.
async fn begin(place: &Place, limits: Limits) -> anyhow::Result<Watch> {
    let since = Instant::now();
    let mut is_told = false;
    loop {
        let error = match place.watch(limits).await {
            Err(error) if since.elapsed() < limits.time => error,
            other => return other,
        };
        if !find::<cloud::aws::Error>(&error).is_some_and(cloud::aws::Error::is_passing) {
            return Err(error);
        }
        if !std::mem::replace(&mut is_told, true) {
            say(&format!("AWS does not answer, trying on: {}", ErrorReport::of(&error).error));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Pause between two tries to find what is to be followed.
const PAUSE: Duration = Duration::from_secs(4);

/// Follows until Control-C, and tells of it as fits.
pub(super) async fn follow(place: &Place, followed: &Watch, json: bool) -> anyhow::Result<WatchEnd> {
    let _handled = interrupt::handle();
    let names = followed.expected.iter().map(|expected| expected.service.as_str());
    let show: Box<dyn Show> = if json { Box::new(Json) } else { watch::stderr(names) };
    watch(&place.site.account, followed, &System, show.as_ref(), interrupt::control_c()).await
}

//! `driftless watch`

use std::{process::ExitCode, time::Duration};

use super::{args, place::Place};
use crate::{
    command::{exit, print::print},
    interrupt,
    rollout::{
        Limits, System, Watch, Watched,
        watch::{self, Json, Show, watch},
    },
};

pub(super) async fn run(args: &args::Watch) -> anyhow::Result<ExitCode> {
    let place = Place::open(&args.place).await?;
    let time = Duration::from_mins(args.timeout);
    let certain = args.attempts.min(Limits::default().certain);
    let followed = place.watch(Limits { time, attempts: args.attempts, certain, ..Limits::default() }).await?;
    let report = match follow(&place, &followed, args.json).await? {
        Watched::Ended(report) => report,
        Watched::Interrupted(under_way) => {
            eprintln!("stopped watching; what is under way goes on");
            for deployment in under_way {
                eprintln!("  {deployment}");
            }
            eprintln!(
                "hint: `driftless watch -e {0}` follows it again, `driftless abort -e {0}` stops it",
                place.target.name
            );
            return Ok(ExitCode::from(exit::INTERRUPTED));
        }
    };
    print(&if args.json { report.json() } else { report.text() })?;
    Ok(ExitCode::from(report.exit_code()))
}

/// Follows until Control-C, and tells of it as fits.
pub(super) async fn follow(place: &Place, followed: &Watch, json: bool) -> anyhow::Result<Watched> {
    let names = followed.expected.iter().map(|expected| expected.service.as_str());
    let show: Box<dyn Show> = if json { Box::new(Json) } else { watch::stderr(names) };
    watch(&place.target.account, followed, &System, show.as_ref(), interrupt::control_c()).await
}

//! `driftless watch`

use std::{process::ExitCode, time::Duration};

use super::{args, place::Place};
use crate::{
    command::print::print,
    rollout::{
        Limits, Report, System, Watch,
        watch::{self, Json, Show, watch},
    },
};

/// Exit code of a program that was interrupted.
pub(super) const INTERRUPTED: u8 = 130;

pub(super) async fn run(args: &args::Watch) -> anyhow::Result<ExitCode> {
    let place = Place::open(&args.place).await?;
    let time = Duration::from_mins(args.timeout);
    let certain = args.attempts.min(Limits::default().certain);
    let followed = place.watch(Limits { time, attempts: args.attempts, certain, ..Limits::default() }).await?;
    let Some(report) = follow(&place, &followed, args.json).await? else {
        eprintln!(
            "stopped watching; the deployment goes on\nhint: `driftless watch -e {0}` goes on, `driftless abort -e {0}` \
             stops the deployment",
            place.name
        );
        return Ok(ExitCode::from(INTERRUPTED));
    };
    print(&if args.json { report.json() } else { report.text() })?;
    Ok(ExitCode::from(report.exit_code()))
}

/// Follows, and tells of it as fits; none if it was interrupted.
pub(super) async fn follow(place: &Place, followed: &Watch, json: bool) -> anyhow::Result<Option<Report>> {
    let names = followed.expected.iter().map(|expected| expected.service.as_str());
    let show: Box<dyn Show> = if json { Box::new(Json) } else { watch::stderr(names) };
    tokio::select! {
        report = watch(&place.account, followed, &System, show.as_ref()) => report.map(Some),
        _ = tokio::signal::ctrl_c() => Ok(None),
    }
}

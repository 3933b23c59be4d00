//! `driftless logs --env`

use std::{process::ExitCode, time::Duration};

use anyhow::Context;
use cloud::{
    aws::logs::{Event, Filter, Logs},
    interrupt,
};
use engine::logs::{Record, Stream};
use jiff::{SignedDuration, Timestamp};

use model::exit::Exit;

use super::{follow::Follow, options::Look, place::Place};
use crate::command::show::{Painter, print_lines};

/// What `logs --env` is told.
pub(in crate::command) struct Query<'a> {
    pub(in crate::command) environment: &'a str,
    pub(in crate::command) services: &'a [String],
    pub(in crate::command) follow: bool,
    pub(in crate::command) since: Option<Timestamp>,
    pub(in crate::command) tail: Option<usize>,
    pub(in crate::command) filter: Option<&'a str>,
    pub(in crate::command) painter: Painter,
}

/// How often CloudWatch is asked for more.
const LOOK: Duration = Duration::from_secs(2);

/// How far back to read if nobody says it.
const RECENT: SignedDuration = SignedDuration::from_mins(10);

pub(super) async fn run(args: &Query<'_>) -> anyhow::Result<ExitCode> {
    let place = Place::open(&Look::at(args.environment)).await?;
    let _handled = interrupt::handle();
    let logs = Logs::new(&place.site.account);
    let followed = follows(args, &place)?;
    tokio::select! {
        read = read(args, &logs, followed) => read.map(|()| ExitCode::SUCCESS),
        () = interrupt::control_c() => Ok(Exit::Interrupted.into()),
    }
}

/// Reads to the end; with `--follow` there is none, but that nobody reads what is printed.
async fn read(args: &Query<'_>, logs: &Logs, mut followed: Vec<(String, Follow)>) -> anyhow::Result<()> {
    let mut tail = args.tail;
    loop {
        let mut records = Vec::new();
        for (service, follow) in &mut followed {
            let events = follow.more(logs).await.with_context(|| format!("reading the log of `{service}`"))?;
            records.extend(events.iter().map(|event| record(service, event)));
        }
        records.sort_by_key(|record| record.time);
        let skipped = tail.take().map_or(0, |tail| records.len().saturating_sub(tail));
        let is_read = print_lines(args.painter, &records[skipped..])?;
        if !args.follow && followed.iter().all(|(_, follow)| follow.is_missing()) {
            hint::bail!(
                "`{}` has no logs: nothing is deployed there",
                args.environment,
                hint = "`driftless deploy -e {}`",
                args.environment
            );
        }
        if !args.follow && records.is_empty() {
            eprintln!("{}", nothing(args));
        }
        if !args.follow || !is_read {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// That there is nothing, and why that may be.
fn nothing(args: &Query<'_>) -> String {
    let such = args.filter.map_or_else(String::new, |text| format!(" with `{text}` in it"));
    match args.since {
        Some(since) => format!("no line{such} since {since:.0}"),
        None => {
            format!("no line{such} in the last {} minutes\nhint: `--since 1d` reads further back", RECENT.as_mins())
        }
    }
}

/// The logs that were asked for, by service.
fn follows(args: &Query<'_>, place: &Place) -> anyhow::Result<Vec<(String, Follow)>> {
    let since = args.since.unwrap_or_else(|| Timestamp::now() - RECENT);
    let all = place.environment.services.keys().cloned();
    let names = if args.services.is_empty() { all.collect() } else { args.services.to_vec() };
    let follow = |name: String| {
        let filter = Filter {
            log_group_name: place.service(&name)?.log_group.clone(),
            log_stream_name_prefix: None,
            filter_pattern: args.filter.map(pattern),
            start_time: Some(since.as_millisecond()),
        };
        Ok((name, Follow::new(filter)))
    };
    names.into_iter().map(follow).collect()
}

/// A text as CloudWatch's pattern for just that.
fn pattern(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn record(service: &str, event: &Event) -> Record {
    let task = event.log_stream_name.rsplit('/').next().unwrap_or_default().to_owned();
    let time = Timestamp::from_millisecond(event.timestamp).unwrap_or_default();
    let line = event.message.trim_end_matches('\n').to_owned();
    // CloudWatch does not say which of the two it was.
    Record { time, service: service.to_owned(), task, stream: Stream::Stdout, line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_as_it_is() {
        assert_eq!(pattern(r#"say "no" \ ?"#), r#""say \"no\" \\ ?""#);
    }
}

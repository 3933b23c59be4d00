//! `driftless releases`, `rollback` and `promote`

use std::{fmt::Write, process::ExitCode};

use anyhow::{Context, ensure};
use serde_json::json;

use super::args;
use crate::{
    command::print::print,
    deploy::{Candidate, Source},
    record::{Kind, Outcome, Record},
};

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

pub(super) async fn run(args: &args::Releases) -> anyhow::Result<ExitCode> {
    let target = args.place.target().await?;
    let releases = target.records().last(args.last).await?;
    if args.json {
        let document = json!({ "schema": SCHEMA, "environment": target.name, "releases": releases });
        print(&serde_json::to_string_pretty(&document)?)?;
    } else if releases.is_empty() {
        print(&format!("`{0}` has no releases\nnext: driftless deploy -e {0}", target.name))?;
    } else {
        print(table(&releases).trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn table(releases: &[Record]) -> String {
    let mut text = String::new();
    for record in releases {
        let Record { number, created_at, outcome, kind, revision, by, .. } = record;
        let by = by.rsplit('/').next().unwrap_or(by);
        let revision = revision.as_deref().map_or_else(|| "-".to_owned(), short);
        let (outcome, kind) = (outcome.words(), kind.words());
        let _ = writeln!(text, "{number:>4}  {created_at:.0}  {outcome:11}  {kind:18}  {revision:14}  {by}");
        for (service, image) in &record.release.images {
            let _ = writeln!(text, "        {service} sha256:{}", &image.digest.hex()[..12]);
        }
    }
    text
}

/// Enough of a commit to know it again, and whether there was more than it.
fn short(revision: &str) -> String {
    let (commit, dirty) = revision.strip_suffix("-dirty").map_or((revision, ""), |commit| (commit, "-dirty"));
    format!("{}{dirty}", commit.get(..8).unwrap_or(commit))
}

pub(super) async fn rollback(args: &args::Rollback) -> anyhow::Result<ExitCode> {
    let target = args.place.target().await?;
    let records = target.records();
    let name = &target.name;
    let record = if let Some(number) = args.number {
        records.get(number).await?
    } else {
        let serving = records.live(None).await?.with_context(|| format!("`{name}` has no release that serves"))?;
        records.live(Some(serving.number)).await?.with_context(|| {
            format!("`{name}` has no live release before {}\nhint: `driftless deploy -e {name}`", serving.number)
        })?
    };
    ensure!(
        record.outcome == Outcome::Live,
        "release {} of `{name}` never served: {}\nhint: `driftless releases -e {name}` lists those that did",
        record.number,
        record.outcome.words()
    );
    let source = Source::of_record(&records, &record).await?;
    let candidate = Candidate::of(&target, Kind::Rollback { to: record.number }, source).await?;
    args.consent.release(&target, candidate).await
}

pub(super) async fn promote(args: &args::Promote) -> anyhow::Result<ExitCode> {
    let mut place = args.place.clone();
    place.env = Some(args.to.clone());
    let target = place.target().await?;
    let records = target.records_of(&args.from)?;
    let record = records.live(None).await?.with_context(|| {
        format!("`{0}` has no release that serves\nhint: `driftless deploy -e {0}` first", args.from)
    })?;
    let source = Source::of_record(&records, &record).await?;
    let kind = Kind::Promote { from: args.from.clone(), number: record.number };
    // The stack of that release, not of this checkout: what was tried is what is taken over.
    let target = place.target_of(source.release.stack.clone()).await?;
    let candidate = Candidate::of(&target, kind, source).await?;
    args.consent.release(&target, candidate).await
}

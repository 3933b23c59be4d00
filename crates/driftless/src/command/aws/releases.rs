//! `driftless releases`

use std::{fmt::Write, process::ExitCode};

use cloud::record::Record;
use serde::Serialize;

use super::options::Look;
use crate::command::show::{harmless, print, print_json};

/// List the releases of an environment
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless releases --env prod
  driftless releases --env prod --json | jq '.releases[0].release.images'")]
pub(in crate::command) struct Args {
    #[command(flatten)]
    place: Look,

    /// How many, newest first
    #[arg(short, long, value_name = "N", default_value = "10", value_parser = count)]
    last: usize,

    /// Print the complete records as JSON
    #[arg(long)]
    json: bool,
}

fn count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "not a number from 1".into())
}

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    environment: &'a str,
    releases: &'a [Record],
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let site = args.place.site().await?;
    let releases = site.records().last(args.last).await?;
    if args.json {
        print_json(SCHEMA, &Document { environment: &site.environment, releases: &releases })?;
    } else if releases.is_empty() {
        print(&format!("`{0}` has no releases\nnext: driftless deploy -e {0}", site.environment))?;
    } else {
        let live = site.records().live(None).await?.map(|live| live.number);
        print(table(&releases, live).trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// With a mark at `live`, the one that serves.
fn table(releases: &[Record], live: Option<u32>) -> String {
    let mut text =
        format!("{:>6}  {:20}  {:11}  {:18}  {:14}  {}\n", "NUMBER", "RECORDED", "OUTCOME", "KIND", "REVISION", "BY");
    for record in releases {
        let Record { number, created_at, outcome, kind, revision, by, .. } = record;
        let by = by.rsplit('/').next().unwrap_or(by);
        let revision = revision.as_deref().map_or_else(|| "-".to_owned(), short);
        let (outcome, kind, words) = (outcome.words(), kind.words(), [by, &revision].map(harmless));
        let ([by, revision], kind) = (&words, harmless(&kind));
        let mark = if live == Some(*number) { '*' } else { ' ' };
        let _ = writeln!(text, "{mark} {number:>4}  {created_at:.0}  {outcome:11}  {kind:18}  {revision:14}  {by}");
        for (service, image) in &record.release.images {
            let _ = writeln!(text, "        {service} {}", image.digest.short());
        }
    }
    text
}

/// A release in a few words: its number, what was done, of which commit, and when.
pub(super) fn about(Record { number, kind, revision, created_at, .. }: &Record) -> String {
    let revision = revision.as_deref().map(|revision| format!(", {}", short(revision))).unwrap_or_default();
    harmless(&format!("release {number} ({}{revision}, {created_at:.0})", kind.words())).into_owned()
}

/// Enough of a commit to know it again, and whether there was more than it.
fn short(revision: &str) -> String {
    let (commit, dirty) = revision.strip_suffix("-dirty").map_or((revision, ""), |commit| (commit, "-dirty"));
    format!("{}{dirty}", commit.get(..8).unwrap_or(commit))
}

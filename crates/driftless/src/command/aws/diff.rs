//! `driftless diff`

use std::{
    collections::BTreeMap,
    fmt::{self, Write},
    process::ExitCode,
};

use anyhow::Context;
use cloud::{
    BucketStore,
    deploy::{self, Contents},
    record::{Difference, Record, Records},
};
use serde::Serialize;
use serde_json::Value;

use super::options::Look;
use crate::command::show::{print, print_json, sections};

/// Compare two releases: images and the files in them, environment, services, infrastructure
///
/// Of images that differ, what only one of them has is fetched from the account's registry, and compared file by file.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless diff 12 13 --env prod
  driftless diff 12 13 --env prod --no-files       digests alone, within seconds
  driftless diff 12 13 --env prod --json | jq '.contents.backend.files[].path'")]
pub(in crate::command) struct Args {
    /// Number of the one
    #[arg(value_name = "N")]
    from: u32,

    /// Number of the other
    #[arg(value_name = "M")]
    to: u32,

    #[command(flatten)]
    place: Look,

    /// Compare the images by digest alone, and fetch nothing
    #[arg(long)]
    no_files: bool,

    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// Version of what `--json` prints.
const SCHEMA: u32 = 2;

#[derive(Serialize)]
struct Document {
    environment: String,
    #[serde(flatten)]
    difference: Difference,
    /// What differs inside the images, by service; none if nobody asked.
    contents: Option<BTreeMap<String, Contents>>,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let site = args.place.site().await?;
    let records = site.records();
    let (from, to) = (records.get(args.from).await?, records.get(args.to).await?);
    let configurations = (configuration(&records, &from).await?, configuration(&records, &to).await?);
    let difference = Difference::between(&from, &to, (&configurations.0, &configurations.1));
    let contents = if args.no_files { None } else { Some(deploy::contents(&site, &from, &to).await?) };
    let document = Document { environment: site.environment, difference, contents };
    if args.json {
        print_json(SCHEMA, &document)?;
    } else {
        print(text(&document)?.trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn configuration(records: &Records<BucketStore>, record: &Record) -> anyhow::Result<Value> {
    let text = records.configuration(record, &record.environment).await?;
    serde_json::from_slice(&text).with_context(|| format!("reading the configuration of release {}", record.number))
}

fn text(document: &Document) -> Result<String, fmt::Error> {
    let mut text = document.difference.text();
    for (service, contents) in document.contents.iter().flatten() {
        match contents {
            Contents::Compared(difference) => write!(text, "\nimage of {service}\n{}", sections(difference)?)?,
            Contents::Unread { unread } => writeln!(text, "\nimage of {service}\ncould not be compared: {unread}")?,
        }
    }
    Ok(text)
}

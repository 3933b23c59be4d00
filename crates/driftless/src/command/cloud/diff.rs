//! `driftless diff`

use std::{
    collections::BTreeMap,
    fmt::{self, Write},
    process::ExitCode,
};

use anyhow::Context;
use serde::Serialize;
use serde_json::Value;

use super::args;
use crate::{
    command::{image::difference::sections, print::print},
    deploy::{self, BucketStore, Contents},
    record::{Difference, Record, Records},
};

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document {
    schema: u32,
    environment: String,
    #[serde(flatten)]
    difference: Difference,
    /// What differs inside the images, by service; none if nobody asked.
    contents: Option<BTreeMap<String, Contents>>,
}

pub(super) async fn run(args: &args::Diff) -> anyhow::Result<ExitCode> {
    let target = args.place.target().await?;
    let records = target.records();
    let (from, to) = (records.get(args.from).await?, records.get(args.to).await?);
    let configurations = (configuration(&records, &from).await?, configuration(&records, &to).await?);
    let difference = Difference::between(&from, &to, (&configurations.0, &configurations.1));
    let contents = if args.no_files { None } else { Some(deploy::contents(&target, &from, &to).await?) };
    let document = Document { schema: SCHEMA, environment: target.name, difference, contents };
    if args.json {
        print(&serde_json::to_string_pretty(&document)?)?;
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

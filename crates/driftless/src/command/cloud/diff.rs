//! `driftless diff`

use std::process::ExitCode;

use anyhow::Context;
use serde_json::Value;

use super::args;
use crate::{
    command::print::print,
    deploy::BucketStore,
    record::{Difference, Record, Records},
};

pub(super) async fn run(args: &args::Diff) -> anyhow::Result<ExitCode> {
    let target = args.place.target().await?;
    let records = target.records();
    let (from, to) = (records.get(args.from).await?, records.get(args.to).await?);
    let configurations = (configuration(&records, &from).await?, configuration(&records, &to).await?);
    let difference = Difference::between(&from, &to, (&configurations.0, &configurations.1));
    if args.json {
        print(&serde_json::to_string_pretty(&difference)?)?;
    } else {
        print(difference.text().trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn configuration(records: &Records<BucketStore>, record: &Record) -> anyhow::Result<Value> {
    let text = records.configuration(record, &record.environment).await?;
    serde_json::from_slice(&text).with_context(|| format!("reading the configuration of release {}", record.number))
}

//! `driftless bootstrap`

use std::process::ExitCode;

use anyhow::Context;

use super::args;
use crate::{
    command::{ask, print::print},
    deploy,
    stack::FOUNDATION,
    terraform::{Backend, Goal, Root},
};

pub(super) async fn run(args: &args::Bootstrap) -> anyhow::Result<ExitCode> {
    let target = args.place.target().await?;
    target.progress.note(&target.words());
    let (_, shared) = target.foundation()?;
    let mut buckets = vec![&shared];
    if target.bucket.name() != shared.name() {
        buckets.push(&target.bucket);
    }
    for bucket in buckets {
        for done in deploy::bootstrap(bucket, target.has_tls()).await? {
            target.progress.note(&done);
        }
    }
    let terraform = target.terraform().await?;
    let backend = Backend { bucket: shared.name().to_owned() };
    let from = args.place.configuration(FOUNDATION)?;
    let root = Root::open(&terraform, &backend, FOUNDATION, &from, &*target.progress).await?;
    let saved = root.plan(&Goal::Everything, None, &*target.progress).await?;
    if !saved.is_empty() {
        eprintln!("\n{}", saved.summary.text());
        if !args.yes && !ask::yes("apply this plan?", "--yes")? {
            print("nothing was changed")?;
            return Ok(ExitCode::FAILURE);
        }
        root.apply(&saved, &*target.progress).await.context("preparing the account")?;
    }
    for (name, value) in root.outputs().await? {
        print(&format!("{name} = {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))?;
    }
    print(&format!("the account is ready for `{0}`\nnext: driftless doctor -e {0}", target.name))?;
    Ok(ExitCode::SUCCESS)
}

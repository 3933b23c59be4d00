//! `driftless plan`

use std::process::ExitCode;

use super::args;
use crate::{
    command::{exit, print::print},
    deploy::{Candidate, kept, planned},
    record::Kind,
};

pub(super) async fn run(args: &args::Plan) -> anyhow::Result<ExitCode> {
    let source = args.place.source(args.revision.as_deref()).await?;
    let target = args.place.target_of(source.release.stack.clone()).await?;
    target.progress.note(&target.words());
    let candidate = Candidate::of(&target, Kind::Deploy, source).await?;
    let (root, saved) = planned(&target, &candidate).await?;
    if args.json {
        print(&serde_json::to_string_pretty(&saved.summary)?)?;
    } else {
        print(saved.summary.text().trim_end())?;
    }
    if let Some(out) = &args.out {
        kept::keep(&target, &root, &saved, &candidate, out)?;
        target.progress.note(&format!("to apply exactly this: driftless apply {}", out.display()));
    }
    let changes = args.detailed_exitcode && !saved.is_empty();
    Ok(if changes { exit::CHANGES.into() } else { ExitCode::SUCCESS })
}

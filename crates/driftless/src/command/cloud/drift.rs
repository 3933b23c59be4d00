//! `driftless drift`

use std::process::ExitCode;

use serde_json::json;

use super::args;
use crate::{
    command::{exit, print::print},
    deploy,
};

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

pub(super) async fn run(args: &args::Drift) -> anyhow::Result<ExitCode> {
    let target = args.place.target().await?;
    let found = deploy::drift(&target, &target.live().await?).await?;
    if args.json {
        let document = json!({ "schema": SCHEMA, "environment": target.name, "resources": found });
        print(&serde_json::to_string_pretty(&document)?)?;
    } else if found.is_empty() {
        print(&format!("`{}` is as Terraform's state says", target.name))?;
    } else {
        for drift in &found {
            print(&drift.words())?;
        }
        print(&format!("hint: `driftless deploy -e {}` plans the way back", target.name))?;
    }
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { exit::DIFFERS.into() })
}

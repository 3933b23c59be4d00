//! `driftless drift`

use std::process::ExitCode;

use cloud::{Outcome, deploy, terraform::Drift};
use model::exit::Exit;
use serde::Serialize;

use super::options::Act;
use crate::command::show::{print, print_json};

/// Find what was changed outside of releases
///
/// Compares the environment's resources with Terraform's state, and says of each whether a deployment undoes it. Changes
/// nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless drift --env prod
  driftless drift --env prod --json | jq '.resources[].address'

Exit codes: 0 nothing was changed; 1 it could not be found out; 2 the command line is wrong; 6 something was.")]
pub(in crate::command) struct Args {
    #[command(flatten)]
    place: Act,

    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    environment: &'a str,
    resources: &'a [Drift],
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let site = args.place.site().await?;
    // After a first deployment that failed there are resources, too.
    let last = match site.live().await? {
        Some(live) => Some(live),
        None => site.records().last(1).await?.pop().filter(|record| record.outcome != Outcome::Destroyed),
    };
    let found = deploy::drift(&site, &last.ok_or_else(|| site.serves_nothing())?).await?;
    if args.json {
        print_json(SCHEMA, &Document { environment: &site.environment, resources: &found })?;
    } else if found.is_empty() {
        print(&format!("`{}` is as Terraform's state says", site.environment))?;
    } else {
        for drift in &found {
            print(&drift.words())?;
        }
        print(&format!("hint: {}", remedy(&found, &site.environment)))?;
    }
    Ok(if found.is_empty() { Exit::Success } else { Exit::Differs }.into())
}

/// What to do about it: a deployment undoes what its plan undoes, and nothing else.
fn remedy(found: &[Drift], environment: &str) -> String {
    let undone = found.iter().filter(|drift| drift.undone).count();
    let deploy = format!("`driftless deploy -e {environment}` plans the way back");
    match undone {
        0 => "undo it by hand, or take it into infra.nix".to_owned(),
        all if all == found.len() => deploy,
        _ => format!("{deploy}, but for what no plan undoes: undo that by hand, or take it into infra.nix"),
    }
}

//! `driftless image diff`

mod side;
mod told;

use std::process::ExitCode;

use anyhow::Context;
use oci::{Difference, difference};
use serde::Serialize;

use self::side::{Opener, Place, Side};
use super::text;
use crate::command::transfer::{self, Access};

/// Show how two images differ: settings, layers, files
///
/// Each is a layout or an image in a registry. Of that, what the other does not have is pulled into a temporary directory.
/// Of a layer that both have no file is shown.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// What it was: a layout's directory or `REGISTRY/REPOSITORY[:TAG][@DIGEST]`
    from: String,

    /// What it is
    to: String,

    /// Of an image in a registry for several platforms, take the one for this
    #[arg(long, value_name = "OS/ARCHITECTURE")]
    platform: Option<String>,

    #[command(flatten)]
    access: Access,

    /// Print everything as JSON, sizes in bytes
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
Examples:
  driftless image diff images/backend localhost:5000/items/backend:1
  driftless image diff old/backend new/backend --json | jq -r '.files[].path'

Exit codes: 0 nothing differs; 1 something does, or they could not be compared; 130 interrupted.";

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

/// What is printed as JSON.
#[derive(Serialize)]
struct Comparison<'a> {
    schema: u32,
    /// Whether the digests are equal, and so every byte.
    same: bool,
    from: Side,
    to: Side,
    #[serde(flatten)]
    difference: &'a Difference,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let (from, to) = (Place::of(&args.from)?, Place::of(&args.to)?);
    side::check_user(&from, &to, &args.access)?;
    let temporary = tempfile::tempdir().context("making a temporary directory")?;
    transfer::run(async {
        let mut opener = Opener::new(&args.access, args.platform.as_deref());
        let layouts = opener.open((&from, &to), temporary.path()).await?;
        let difference =
            difference(&layouts.0, &layouts.1).with_context(|| format!("comparing `{from}` with `{to}`"))?;
        let same = layouts.0.digest() == layouts.1.digest();
        let (from, to) = (Side::of(&from, &layouts.0), Side::of(&to, &layouts.1));
        let comparison = Comparison { schema: SCHEMA, same, from, to, difference: &difference };
        if args.json {
            text::print_json(&comparison)?;
        } else {
            text::print(&told::told(&comparison)?)?;
        }
        Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}

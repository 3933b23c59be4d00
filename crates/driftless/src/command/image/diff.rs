//! `driftless image diff`

mod side;
mod text;

use std::process::ExitCode;

use anyhow::Context;
use model::exit::Exit;
use oci::{Difference, difference};
use serde::Serialize;

use self::side::{Location, Opener, Side};
use crate::command::show::{print, print_json};
use crate::command::transfer::{self, Access};

/// Show how two images differ: settings, layers, files
///
/// Each image is a layout or is in a registry. From a registry, only the layers that the other image does not have are pulled,
/// into a temporary directory. Files are compared in the layers that differ.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The old image: the directory of a layout, or `REGISTRY/REPOSITORY[:TAG][@DIGEST]`
    from: String,

    /// The new image, in the same form
    to: String,

    /// Which image to pull if the registry has it for several platforms
    #[arg(long, value_name = "OS/ARCHITECTURE")]
    platform: Option<String>,

    #[command(flatten)]
    access: Access,

    /// Print JSON, with sizes in bytes
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
Examples:
  driftless image diff images/backend localhost:5000/items/backend:1
  driftless image diff old/backend new/backend --json | jq -r '.files[].path'

Exit codes: 0 the images are the same; 1 they could not be compared; 6 they differ; 130 interrupted.";

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

/// What `--json` prints.
#[derive(Serialize)]
struct Comparison<'a> {
    /// True if the digests are equal, and so every byte.
    same: bool,
    from: Side,
    to: Side,
    #[serde(flatten)]
    difference: &'a Difference,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let (from, to) = (Location::of(&args.from)?, Location::of(&args.to)?);
    side::check_user(&from, &to, &args.access)?;
    let temporary = tempfile::tempdir().context("creating a temporary directory")?;
    transfer::run(async {
        let mut opener = Opener::new(&args.access, args.platform.as_deref());
        let layouts = opener.open((&from, &to), temporary.path()).await?;
        let difference =
            difference(&layouts.0, &layouts.1).with_context(|| format!("comparing `{from}` with `{to}`"))?;
        let same = layouts.0.digest() == layouts.1.digest();
        let (from, to) = (Side::of(&from, &layouts.0), Side::of(&to, &layouts.1));
        let comparison = Comparison { same, from, to, difference: &difference };
        if args.json {
            print_json(SCHEMA, &comparison)?;
        } else {
            print(&text::text(&comparison)?)?;
        }
        Ok(if same { Exit::Success } else { Exit::Differs }.into())
    })
}

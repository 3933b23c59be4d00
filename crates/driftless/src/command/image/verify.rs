//! `driftless image verify`

use std::{fmt::Write as _, path::PathBuf, process::ExitCode};

use oci::{Mismatch, Verified, verify};
use serde::Serialize;

use crate::command::show::{harmless, print, print_json, size};

const EXAMPLES: &str = "\
Examples:
  driftless image verify images/backend
  driftless image verify images/backend --json | jq -r '.mismatches[].place'

Exit codes: 0 verified; 1 there are mismatches.";

/// Check that all digests, sizes and references in an image layout are right
///
/// Reports all mismatches, each with its place: a path in the layout and, after `#`, a JSON pointer into the document.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The directory of the layout
    dir: PathBuf,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

/// What `--json` prints.
#[derive(Serialize)]
struct Verdict {
    verified: bool,
    #[serde(flatten)]
    image: Option<Verified>,
    mismatches: Vec<Mismatch>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let verdict = match verify(&args.dir) {
        Ok(image) => Verdict { verified: true, image: Some(image), mismatches: Vec::new() },
        Err(mismatches) => Verdict { verified: false, image: None, mismatches },
    };
    if args.json {
        print_json(SCHEMA, &verdict)?;
    } else {
        print(&words(args, &verdict)?)?;
    }
    Ok(if verdict.verified { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn words(args: &Args, verdict: &Verdict) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let dir = args.dir.display();
    if let Some(Verified { image, layers, .. }) = &verdict.image {
        let size = size(image.size);
        writeln!(text, "verified `{dir}` for {}: {layers} layers, {size}", image.platform)?;
        writeln!(text, "  digest  {}", image.digest)?;
        return Ok(text);
    }
    for mismatch in &verdict.mismatches {
        writeln!(text, "{}", harmless(&mismatch.to_string()))?;
    }
    let count = verdict.mismatches.len();
    writeln!(text, "verification of `{dir}` failed: {count} {}", if count == 1 { "mismatch" } else { "mismatches" })?;
    writeln!(text, "hint: build or copy the image again")?;
    Ok(text)
}

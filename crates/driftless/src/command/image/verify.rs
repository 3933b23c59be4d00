//! `driftless image verify`

use std::{fmt::Write as _, path::PathBuf, process::ExitCode};

use oci::{Mismatch, Verified, verify};
use serde::Serialize;

use super::text;

const EXAMPLES: &str = "\
Examples:
  driftless image verify images/backend
  driftless image verify images/backend --json | jq -r '.mismatches[].place'

Exit code: 0 if everything agrees, 1 if anything does not.";

/// Compare every blob of an image layout with what refers to it
///
/// Reports all mismatches, each with its place: a path in the layout and, after `#`, a JSON pointer into the document.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The layout's directory
    dir: PathBuf,

    /// Print the verdict as JSON
    #[arg(long)]
    json: bool,
}

/// What is printed as JSON, in either case.
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
        text::print_json(&verdict)?;
    } else {
        text::print(&told(args, &verdict)?)?;
    }
    Ok(if verdict.verified { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn told(args: &Args, verdict: &Verdict) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let dir = args.dir.display();
    if let Some(image) = verdict.image {
        let (layers, size) = (image.layers, text::size(image.size));
        writeln!(text, "verified `{dir}` for {}: {layers} layers, {size}", image.platform)?;
        writeln!(text, "  digest  {}", image.digest)?;
        return Ok(text);
    }
    for mismatch in &verdict.mismatches {
        writeln!(text, "{}", text::harmless(&mismatch.to_string()))?;
    }
    let count = verdict.mismatches.len();
    writeln!(text, "`{dir}` is not what it says: {count} {}", if count == 1 { "mismatch" } else { "mismatches" })?;
    writeln!(text, "hint: build the image again, or copy it again from where it verified")?;
    Ok(text)
}

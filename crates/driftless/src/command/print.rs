//! Results on standard output.

use std::io::{self, ErrorKind, Write};

use anyhow::Context;

/// Prints `text` and an end of line. That nobody reads any more is not an error: `driftless … | head` is fine.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.context("writing to standard output"),
    }
}

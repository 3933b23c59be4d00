//! Results on standard output, and what is said beside them. Of what is printed much comes from AWS, from registries or from
//! records, so what a terminal would obey is spelled out.

use std::io::{self, ErrorKind, Write};

use anyhow::Context;
use model::text::harmless_lines;
use serde::Serialize;

/// Prints `text`, and an end of line if it has none. That nobody reads any more is not an error: `driftless … | head` is
/// fine.
pub(in crate::command) fn print(text: &str) -> anyhow::Result<()> {
    print_as_is(&harmless_lines(text))
}

/// Says `text` on standard error.
#[cfg(feature = "aws")]
pub(in crate::command) fn say(text: &str) {
    eprintln!("{}", harmless_lines(text));
}

/// The same of what is ours, such as a text with colours.
pub(in crate::command) fn print_as_is(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    let text = text.strip_suffix('\n').unwrap_or(text);
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.context("writing to standard output"),
    }
}

/// Prints `content` as indented JSON, behind the version of its form.
pub(in crate::command) fn print_json(schema: u32, content: &impl Serialize) -> anyhow::Result<()> {
    print_document(&Versioned { schema, content })
}

/// Prints a document that has its version in it.
pub(in crate::command) fn print_document(document: &impl Serialize) -> anyhow::Result<()> {
    print(&serde_json::to_string_pretty(document)?)
}

#[derive(Serialize)]
struct Versioned<'a, T> {
    schema: u32,
    #[serde(flatten)]
    content: &'a T,
}

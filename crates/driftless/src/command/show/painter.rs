//! Log lines for people and for programs.

use std::{
    borrow::Cow,
    io::{self, ErrorKind, IsTerminal, Write},
};

use anyhow::Context;
use engine::logs::{Record, Stream};
use model::{palette::Palette, structured, text::is_hidden};

#[cfg(feature = "aws")]
use super::print::print_as_is;

/// The foreground colours that services take turns with; none is used for anything else.
const COLOURS: [u8; 6] = [36, 33, 32, 35, 34, 96];
const RESET: &str = "\x1b[0m";

/// How log lines are written.
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
#[derive(Clone, Copy, Debug)]
pub(in crate::command) struct Painter {
    json: bool,
    timestamps: bool,
    terminal: bool,
    colour: bool,
}

impl Painter {
    /// As fits standard output.
    pub(in crate::command) fn stdout(json: bool, timestamps: bool) -> Self {
        let (terminal, colour) = (io::stdout().is_terminal(), Palette::stdout().is_coloured());
        Self { json, timestamps, terminal, colour }
    }

    /// Prints one line; that nobody reads it is no reason to stop.
    pub(in crate::command) fn print(self, record: &Record) {
        let _ = self.write(record, &mut io::stdout().lock());
    }

    /// Prints a line that a task wrote, as it is where no terminal would obey it.
    #[cfg(feature = "aws")]
    pub(in crate::command) fn print_written(self, line: &str) -> anyhow::Result<()> {
        print_as_is(&if self.terminal { only_coloured(line) } else { Cow::Borrowed(line) })
    }

    pub(super) fn write(self, record: &Record, out: &mut impl Write) -> io::Result<()> {
        if self.json {
            serde_json::to_writer(&mut *out, record)?;
            return out.write_all(b"\n");
        }
        let Record { time, service, task, stream, line } = record;
        if self.timestamps {
            write!(out, "{time:.3} ")?;
        }
        let readable = self.terminal.then(|| structured::readable(line)).flatten();
        let line = readable.as_ref().unwrap_or(line);
        let line = if self.terminal { only_coloured(line) } else { Cow::Borrowed(line.as_str()) };
        let (begin, end) = if self.colour { (colour(service), RESET) } else { (String::new(), "") };
        match stream {
            Stream::Engine => writeln!(out, "{begin}{service} |{end} [{task} {line}]"),
            _ => writeln!(out, "{begin}{service} |{end} {line}"),
        }
    }
}

/// The same for a service every time.
fn colour(service: &str) -> String {
    let sum: usize = service.bytes().map(usize::from).sum();
    format!("\x1b[{}m", COLOURS[sum % COLOURS.len()])
}

/// A line that does nothing to a terminal but colour it: what a service writes may come from anybody.
fn only_coloured(line: &str) -> Cow<'_, str> {
    if !line.chars().any(is_hidden) {
        return Cow::Borrowed(line);
    }
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if let Some(sequence) = colouring(rest) {
            shown.push_str(sequence);
            rest = &rest[sequence.len()..];
            continue;
        }
        shown.push(if is_hidden(c) && c != '\t' { char::REPLACEMENT_CHARACTER } else { c });
        rest = &rest[c.len_utf8()..];
    }
    if shown.contains('\x1b') {
        shown.push_str(RESET);
    }
    Cow::Owned(shown)
}

/// The "select graphic rendition" sequence that `text` begins with.
fn colouring(text: &str) -> Option<&str> {
    let parameters = text.strip_prefix("\x1b[")?;
    let end = parameters.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    parameters[end..].starts_with('m').then(|| &text[..end + 3])
}

/// False when nobody reads any more.
pub(in crate::command) fn print_lines(painter: Painter, records: &[Record]) -> anyhow::Result<bool> {
    let mut out = io::stdout().lock();
    let written = records.iter().try_for_each(|record| painter.write(record, &mut out)).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        other => other.map(|()| true).context("writing to standard output"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn written(painter: Painter, stream: Stream, line: &str) -> String {
        let time = "2026-11-23T10:00:00Z".parse().unwrap();
        let (service, task, line) = ("backend".to_owned(), "backend-1".to_owned(), line.to_owned());
        let mut out = Vec::new();
        painter.write(&Record { time, service, task, stream, line }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn writes_lines_for_pipes_terminals_and_programs() {
        let pipe = Painter { json: false, timestamps: false, terminal: false, colour: false };
        let terminal = Painter { terminal: true, colour: true, ..pipe };
        assert_eq!(written(pipe, Stream::Stdout, "ready"), "backend | ready\n");
        let structured = r#"{"level":"INFO","message":"ready"}"#;
        assert_eq!(written(pipe, Stream::Stdout, structured), format!("backend | {structured}\n"));
        assert_eq!(written(terminal, Stream::Stdout, structured), "\x1b[34mbackend |\x1b[0m INFO  ready\n");
        assert_eq!(written(pipe, Stream::Engine, "exited with code 3"), "backend | [backend-1 exited with code 3]\n");
        assert_eq!(written(terminal, Stream::Stdout, "ready"), "\x1b[34mbackend |\x1b[0m ready\n");
        let timed = Painter { timestamps: true, ..pipe };
        assert_eq!(written(timed, Stream::Stdout, "ready"), "2026-11-23T10:00:00.000Z backend | ready\n");
        assert_eq!(
            written(Painter { json: true, ..pipe }, Stream::Stderr, "ready"),
            "{\"time\":\"2026-11-23T10:00:00Z\",\"service\":\"backend\",\"task\":\"backend-1\",\"stream\":\"stderr\",\
             \"line\":\"ready\"}\n"
        );
    }

    #[test]
    fn a_line_can_colour_a_terminal_and_nothing_else() {
        assert_eq!(only_coloured("\x1b[1;31mred\x1b[0m"), "\x1b[1;31mred\x1b[0m\x1b[0m");
        assert_eq!(only_coloured("\x1b[2J\x1b]0;title\x07"), "\u{fffd}[2J\u{fffd}]0;title\u{fffd}");
        assert_eq!(only_coloured("a\tb"), "a\tb");
        assert_eq!(only_coloured("a\u{202e}b"), "a\u{fffd}b");
    }
}

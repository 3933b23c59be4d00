//! Colour where a terminal wants it. Nothing depends on it: what is red says so in words, too.

use std::{
    env,
    io::{self, IsTerminal},
};

/// Whether a stream is a terminal that understands more than lines.
pub fn can_draw(stream: &impl IsTerminal) -> bool {
    let dumb = env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    stream.is_terminal() && !dumb
}

/// The colours of one stream, or none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    is_coloured: bool,
}

impl Palette {
    /// Those of standard output.
    pub fn stdout() -> Self {
        Self::of(&io::stdout())
    }

    /// Those of standard error.
    pub fn stderr() -> Self {
        Self::of(&io::stderr())
    }

    fn of(stream: &impl IsTerminal) -> Self {
        let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { is_coloured: can_draw(stream) && !refused }
    }

    /// Whether there are any.
    pub fn is_coloured(self) -> bool {
        self.is_coloured
    }

    /// What went well.
    pub fn good(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// What needs a second look.
    pub fn risky(self, text: &str) -> String {
        self.paint("33", text)
    }

    /// What went wrong, or is lost.
    pub fn bad(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    fn paint(self, colour: &str, text: &str) -> String {
        if self.is_coloured { format!("\x1b[{colour}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_as_it_was_where_there_is_no_colour() {
        assert_eq!(Palette::default().bad("error:"), "error:");
        assert_eq!(Palette { is_coloured: true }.bad("error:"), "\x1b[1;31merror:\x1b[0m");
        // The test's own streams may be anything; a file is no terminal.
        assert_eq!(Palette::of(&std::fs::File::open("/dev/null").unwrap()), Palette::default());
    }
}

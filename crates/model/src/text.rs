//! Words of others on a terminal: a record, a tag, a task's last line may come from anybody, and a terminal obeys.

use std::borrow::Cow;

/// Whether a terminal would not show `c`, but do something: control characters, those that turn the direction of text, and
/// those that end a line.
pub fn is_hidden(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}')
}

/// A word or a line, with what a terminal would do spelled out.
pub fn harmless(text: &str) -> Cow<'_, str> {
    spelled(text, is_hidden)
}

/// The same of several lines, which stay lines.
pub fn harmless_lines(text: &str) -> Cow<'_, str> {
    spelled(text, |c| is_hidden(c) && !matches!(c, '\n' | '\t'))
}

/// Spells as JSON does, so that JSON says the same as before.
fn spelled(text: &str, is_spelled: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_spelled) {
        return Cow::Borrowed(text);
    }
    let spell = |c: char| match c {
        c if !is_spelled(c) => c.to_string(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        c => format!("\\u{:04x}", u32::from(c)),
    };
    Cow::Owned(text.chars().map(spell).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_do_is_spelled_out() {
        for (text, line, lines) in [
            ("größe → \u{1f980}", "größe → \u{1f980}", "größe → \u{1f980}"),
            ("PATH=/bin\u{1b}[2J", "PATH=/bin\\u001b[2J", "PATH=/bin\\u001b[2J"),
            ("\u{9b}31m\u{7f}", "\\u009b31m\\u007f", "\\u009b31m\\u007f"),
            ("admin\u{202e}txt.exe\u{2066}", "admin\\u202etxt.exe\\u2066", "admin\\u202etxt.exe\\u2066"),
            ("one\ntwo\r\tthree", "one\\ntwo\\r\\tthree", "one\ntwo\\r\tthree"),
            ("a\u{2028}b", "a\\u2028b", "a\\u2028b"),
        ] {
            assert_eq!((&*harmless(text), &*harmless_lines(text)), (line, lines));
        }
    }

    #[test]
    fn json_says_the_same_as_before() {
        let value = serde_json::json!({ "by\u{202e}": "\u{1b}[2J\u{9b}\u{7f}\n" });
        let text = serde_json::to_string_pretty(&value).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&harmless_lines(&text)).unwrap(), value);
    }
}

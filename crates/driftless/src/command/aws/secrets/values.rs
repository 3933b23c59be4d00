//! Several secrets with their values, as text. No error says a value.

use std::{fs, io, path::Path};

use anyhow::Context;

/// Reads the file at `path`, or standard input where that is `-`.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let is_stdin = path.as_os_str() == "-";
    let doing = || format!("reading secrets from `{}`", path.display());
    let text = if is_stdin { io::read_to_string(io::stdin()) } else { fs::read_to_string(path) };
    parse(&text.with_context(doing)?).with_context(doing)
}

/// A line `SERVICE/NAME=VALUE` for each; what is empty or begins with `#` is none.
fn parse(text: &str) -> anyhow::Result<Vec<(String, String)>> {
    let mut values: Vec<(String, String)> = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
    {
        let pair = line.split_once('=').filter(|(key, _)| key.contains('/'));
        let Some((key, value)) = pair else {
            hint::bail!(
                "line {} is not `SERVICE/NAME=VALUE`",
                number + 1,
                hint = "set a value of several lines alone, from standard input"
            );
        };
        let key = key.trim();
        hint::ensure!(
            values.iter().all(|(other, _)| other != key),
            "`{key}` is set twice",
            hint = "name each secret once"
        );
        values.push((key.to_owned(), value.to_owned()));
    }
    hint::ensure!(!values.is_empty(), "there is no secret in it", hint = "write a line `SERVICE/NAME=VALUE` for each");
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_secret_with_its_value_as_it_is() {
        let values = parse("# of dev\n\nbackend/A=x=y \r\nweb/B=\"quoted\"\n").unwrap();
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(values, [pair("backend/A", "x=y "), pair("web/B", "\"quoted\"")]);
    }

    #[test]
    fn what_is_wrong_is_said_without_its_value() {
        for (text, says) in [
            ("backend/A=1\nhunter2\n", "line 2 is not `SERVICE/NAME=VALUE`"),
            ("hunter=2", "line 1 is not"),
            ("a/A=hunter\na/A=hunter", "`a/A` is set twice"),
            ("# nothing\n", "there is no secret in it"),
        ] {
            let error = format!("{:#}", parse(text).unwrap_err());
            assert!(error.contains(says) && !error.contains("hunter"), "{error}");
        }
    }
}

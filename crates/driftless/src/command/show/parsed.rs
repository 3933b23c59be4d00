//! Values of the command line.

use std::str::FromStr;

use hint::ErrorReport;

/// Parses `text` for clap, which prints neither the causes nor the hint of an error.
pub(in crate::command) fn parsed<T: FromStr<Err = anyhow::Error>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error| ErrorReport::of(&error).to_string())
}

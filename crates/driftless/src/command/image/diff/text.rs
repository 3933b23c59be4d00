//! A comparison as text.

use std::fmt::{self, Write as _};

use super::Comparison;
use crate::command::show::{harmless, sections, size};

pub(super) fn text(comparison: &Comparison<'_>) -> Result<String, fmt::Error> {
    let Comparison { same, from, to, difference, .. } = comparison;
    let mut out = String::new();
    for (word, side) in [("from", from), ("to", to)] {
        writeln!(out, "{word:<5}{}  {}  {}", side.digest, size(side.size), harmless(&side.image))?;
    }
    if *same {
        writeln!(out, "the images are the same")?;
    } else {
        out.push_str(&sections(difference)?);
    }
    Ok(out)
}

//! A comparison as text.

use std::fmt::{self, Write as _};

use super::{Comparison, text};
use crate::command::image::difference::sections;

pub(super) fn told(comparison: &Comparison<'_>) -> Result<String, fmt::Error> {
    let Comparison { same, from, to, difference, .. } = comparison;
    let mut out = String::new();
    for (word, side) in [("from", from), ("to", to)] {
        writeln!(out, "{word:<5}{}  {}  {}", side.digest, text::size(side.size), text::harmless(&side.image))?;
    }
    if *same {
        writeln!(out, "nothing differs")?;
    } else {
        out.push_str(&sections(difference)?);
    }
    Ok(out)
}

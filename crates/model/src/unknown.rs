//! A name that none of those has that exist: the command line is wrong.

use std::{error::Error, fmt};

use hint::Remedy;

/// How many characters may be wrong in a name for another one to be meant.
const WRONG: usize = 2;

/// A name that was given and that nothing has.
#[derive(Debug)]
pub struct Unknown {
    says: String,
    remedy: Remedy,
}

impl Unknown {
    /// The `kind` of thing that is called `name` does not exist; those that do are `known`, which `are` introduces.
    pub fn new<'a>(kind: &str, name: &str, are: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<_> = known.into_iter().collect();
        let meant = known.iter().map(|known| (distance(known, name), *known)).min();
        let meant = meant.filter(|(wrong, known)| *wrong <= WRONG && *wrong < known.chars().count());
        let meant = meant.map(|(_, known)| format!("did you mean `{known}`? ")).unwrap_or_default();
        let remedy = format!("{meant}{are} are `{}`", known.join("`, `")).into();
        Self { says: format!("{kind} `{name}` does not exist"), remedy }
    }
}

/// How many characters have to be put in, left out or replaced to make `one` of `other`, whatever their case.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<_> = other.to_lowercase().chars().collect();
    let mut row: Vec<_> = (0..=other.len()).collect();
    for (line, a) in one.to_lowercase().chars().enumerate() {
        let mut before = row[0];
        row[0] = line + 1;
        for (column, b) in other.iter().enumerate() {
            let replaced = before + usize::from(a != *b);
            before = row[column + 1];
            row[column + 1] = replaced.min(before + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)
    }
}

impl Error for Unknown {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_nearly_right_is_meant() {
        let said = |name: &str| {
            let error = Unknown::new("environment", name, "the environments", ["dev", "prod"]);
            hint::ErrorReport::of(&error.into()).to_string()
        };
        let known = "the environments are `dev`, `prod`";
        for (name, meant) in [("prd", "prod"), ("DEV", "dev"), ("dve", "dev"), ("produ", "prod")] {
            let says = format!("environment `{name}` does not exist\nhint: did you mean `{meant}`? {known}");
            assert_eq!(said(name), says);
        }
        for name in ["staging", "x", ""] {
            assert_eq!(said(name), format!("environment `{name}` does not exist\nhint: {known}"));
        }
    }

    #[test]
    fn what_is_wrong_in_a_name_is_counted() {
        for (one, other, wrong) in
            [("", "", 0), ("abc", "", 3), ("", "ab", 2), ("frontend", "fronted", 1), ("ab", "ba", 2)]
        {
            assert_eq!(distance(one, other), wrong, "{one} {other}");
        }
    }
}

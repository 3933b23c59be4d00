//! Which versions will do, as configurations write it: `>= 5.100, < 7`.
//!
//! <https://developer.hashicorp.com/terraform/language/expressions/version-constraints>

use std::{fmt, str::FromStr};

use anyhow::{Context, ensure};

use super::version::Version;

/// What a version must be; all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    text: String,
    terms: Vec<Term>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Term {
    Equal(Version),
    Unequal(Version),
    Above(Version),
    AtLeast(Version),
    Below(Version),
    AtMost(Version),
}

impl Constraint {
    /// Whether `version` will do.
    pub fn allows(&self, version: Version) -> bool {
        self.terms.iter().all(|term| match *term {
            Term::Equal(other) => version == other,
            Term::Unequal(other) => version != other,
            Term::Above(other) => version > other,
            Term::AtLeast(other) => version >= other,
            Term::Below(other) => version < other,
            Term::AtMost(other) => version <= other,
        })
    }
}

impl FromStr for Constraint {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let mut terms = Vec::new();
        for part in text.split(',').map(str::trim) {
            let doing = || format!("`{part}` in `{text}` is not a version constraint");
            let number = part.trim_start_matches(['<', '>', '=', '!', '~']);
            let (version, parts) = partial(number.trim()).with_context(doing)?;
            match &part[..part.len() - number.len()] {
                "" | "=" => terms.push(Term::Equal(version)),
                "!=" => terms.push(Term::Unequal(version)),
                ">" => terms.push(Term::Above(version)),
                ">=" => terms.push(Term::AtLeast(version)),
                "<" => terms.push(Term::Below(version)),
                "<=" => terms.push(Term::AtMost(version)),
                "~>" => terms.extend([Term::AtLeast(version), Term::Below(next(version, parts))]),
                _ => anyhow::bail!(doing()),
            }
        }
        Ok(Self { text: text.to_owned(), terms })
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// One to three numbers, and how many they were; what is missing is 0.
fn partial(text: &str) -> anyhow::Result<(Version, usize)> {
    let parts = text.split(['-', '+']).next().unwrap_or(text).split('.').count();
    ensure!((1..=3).contains(&parts), "a version has one to three numbers");
    Ok((format!("{text}{}", ".0".repeat(3 - parts)).parse()?, parts))
}

/// `~>` lets only the last number that was given grow.
fn next(version: Version, parts: usize) -> Version {
    match parts {
        3 => Version { minor: version.minor + 1, patch: 0, ..version },
        _ => Version { major: version.major + 1, minor: 0, patch: 0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_constraint_must_hold() {
        for (constraint, yes, no) in [
            (">= 5.100, < 7", ["5.100.0", "6.99.1"], ["5.99.0", "7.0.0"]),
            ("~> 5.100", ["5.100.0", "5.101.3"], ["5.99.9", "6.0.0"]),
            ("~> 5.100.1", ["5.100.1", "5.100.9"], ["5.100.0", "5.101.0"]),
            ("~> 5", ["5.0.0", "5.9.0"], ["4.9.9", "6.0.0"]),
            (">5.1,<=6,!=5.2.0", ["5.1.1", "6.0.0"], ["5.1.0", "5.2.0"]),
            ("6.4", ["6.4.0", "6.4.0"], ["6.4.1", "6.3.0"]),
            ("= 1.10.0", ["1.10.0", "v1.10.0"], ["1.1.0", "1.10.1"]),
        ] {
            let parsed: Constraint = constraint.parse().unwrap();
            assert_eq!(parsed.to_string(), constraint);
            for version in yes {
                assert!(parsed.allows(version.parse().unwrap()), "{version} is {constraint}");
            }
            for version in no {
                assert!(!parsed.allows(version.parse().unwrap()), "{version} is not {constraint}");
            }
        }
    }

    #[test]
    fn what_is_no_constraint_is_named() {
        for text in ["", "newest", ">= 5,", "=> 5", "~ 5", "1.2.3.4"] {
            let error = format!("{:#}", text.parse::<Constraint>().unwrap_err());
            assert!(error.contains("is not a version constraint"), "{text}: {error}");
        }
    }
}

//! Versions of OpenTofu and Terraform.

use std::{fmt, str::FromStr};

use anyhow::Context;

/// The parts of a version that gates look at; what comes before a release counts as the release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Raised by what breaks.
    pub major: u32,
    /// Raised by what is new.
    pub minor: u32,
    /// Raised by what is repaired.
    pub patch: u32,
}

impl FromStr for Version {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let release = text.trim_start_matches('v').split(['-', '+']).next().unwrap_or(text);
        let mut numbers = release.split('.').map(|part| part.parse().ok());
        let mut next = || numbers.next().flatten().with_context(|| format!("`{text}` is not a version"));
        Ok(Self { major: next()?, minor: next()?, patch: next()? })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_number_and_not_by_letter() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        assert!(version("1.9.8") < version("1.10.0"));
        assert_eq!(version("v1.10.0-beta1"), version("1.10.0"));
        assert_eq!(version("1.11.4").to_string(), "1.11.4");
        assert!("tofu".parse::<Version>().is_err());
    }
}

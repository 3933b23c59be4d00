//! The platforms that images are built for.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, Serializer};

use crate::Error;

/// The operating system and processor that an image runs on; written `linux/amd64`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Platform {
    /// Processor.
    pub architecture: Architecture,
    /// Operating system.
    pub os: Os,
}

/// A processor, by the name that OCI gives it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
    /// x86-64.
    Amd64,
    /// 64-bit ARM.
    Arm64,
}

/// An operating system.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Os {
    /// Linux, the only one.
    Linux,
}

impl Platform {
    /// `linux/amd64`.
    pub const LINUX_AMD64: Self = Self { architecture: Architecture::Amd64, os: Os::Linux };
    /// `linux/arm64`.
    pub const LINUX_ARM64: Self = Self { architecture: Architecture::Arm64, os: Os::Linux };
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.architecture {
            Architecture::Amd64 => "linux/amd64",
            Architecture::Arm64 => "linux/arm64",
        })
    }
}

impl FromStr for Platform {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "linux/amd64" => Ok(Self::LINUX_AMD64),
            "linux/arm64" => Ok(Self::LINUX_ARM64),
            _ => Err(Error::UnknownPlatform { platform: text.to_owned() }),
        }
    }
}

/// Serialises a platform as `linux/amd64` rather than as OCI's object of two fields.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
pub(crate) fn as_text<S: Serializer>(platform: &Platform, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(platform)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_platform_is_written_as_it_was_read() {
        for text in ["linux/amd64", "linux/arm64"] {
            assert_eq!(text.parse::<Platform>().unwrap().to_string(), text);
        }
        assert_eq!(
            "linux/s390x".parse::<Platform>().unwrap_err().to_string(),
            "platform `linux/s390x` is not supported\nhint: `linux/amd64` and `linux/arm64` are"
        );
    }
}

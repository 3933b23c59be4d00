//! Platforms: operating system and processor.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Error;

/// The operating system and processor that an image runs on; written `linux/amd64`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Platform {
    /// The processor.
    pub architecture: Architecture,
    /// The operating system.
    pub os: Os,
}

/// A processor; the names are those of OCI.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
    /// x86-64, `X86_64` on ECS.
    Amd64,
    /// 64-bit ARM, `ARM64` on ECS.
    Arm64,
}

/// An operating system.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Os {
    /// The only one that is supported.
    Linux,
}

impl Architecture {
    fn name(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }
}

impl Os {
    fn name(self) -> &'static str {
        match self {
            Self::Linux => "linux",
        }
    }
}

/// A platform as an index names it, whether Driftless supports it or not; written `linux/s390x`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct AnyPlatform {
    /// Such as `amd64`.
    pub architecture: String,
    /// Such as `linux`.
    pub os: String,
}

impl From<Platform> for AnyPlatform {
    fn from(platform: Platform) -> Self {
        Self { architecture: platform.architecture.name().to_owned(), os: platform.os.name().to_owned() }
    }
}

impl fmt::Display for AnyPlatform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)
    }
}

impl Platform {
    /// Linux on x86-64.
    pub const LINUX_AMD64: Self = Self { architecture: Architecture::Amd64, os: Os::Linux };
    /// Linux on 64-bit ARM.
    pub const LINUX_ARM64: Self = Self { architecture: Architecture::Arm64, os: Os::Linux };

    /// The Rust target to compile static binaries for. It is the one with glibc, because Rust toolchains contain it
    /// without further installation.
    pub fn rust_target(self) -> &'static str {
        match self.architecture {
            Architecture::Amd64 => "x86_64-unknown-linux-gnu",
            Architecture::Arm64 => "aarch64-unknown-linux-gnu",
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os.name(), self.architecture.name())
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

/// Serializes a platform as `linux/amd64`, not as OCI's object of two fields.
pub(crate) mod text {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use super::Platform;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(crate) fn serialize<S: Serializer>(platform: &Platform, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(platform)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Platform, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_is_written_as_it_was_read() {
        for text in ["linux/amd64", "linux/arm64"] {
            assert_eq!(text.parse::<Platform>().unwrap().to_string(), text);
        }
        assert_eq!(
            "linux/s390x".parse::<Platform>().unwrap_err().to_string(),
            "platform `linux/s390x` is not supported, only `linux/amd64` and `linux/arm64` are"
        );
    }
}

//! Configs: how an image is run.

use serde::{Deserialize, Serialize};

use crate::{Architecture, Digest, Os, Platform};

/// How an image is run, and the diff ids of its layers. It has no `created`: the same content has the same bytes.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Config {
    /// Processor.
    pub architecture: Architecture,
    /// Operating system.
    pub os: Os,
    /// What a runtime starts, and as whom.
    pub config: Execution,
    /// The layers before compression.
    pub rootfs: RootFs,
    /// One entry per layer.
    #[serde(default)]
    pub history: Vec<History>,
}

/// What a runtime starts, and as whom.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Execution {
    /// `uid:gid`, numbers in our images.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// `NAME=value`, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    /// Program and first arguments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entrypoint: Vec<String>,
    /// Further arguments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cmd: Vec<String>,
    /// Directory that the program starts in.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub working_dir: String,
}

/// The layers before compression.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct RootFs {
    /// Always `layers`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Digests of the uncompressed layers, lowest first.
    pub diff_ids: Vec<Digest>,
}

/// Where a layer came from.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct History {
    /// A sentence for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub created_by: String,
    /// True if the step made no layer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub empty_layer: bool,
}

impl Config {
    /// The platform that the image says it runs on.
    pub fn platform(&self) -> Platform {
        Platform { architecture: self.architecture, os: self.os }
    }
}

impl Execution {
    /// User and group id, if `user` is two numbers, as in our images.
    pub fn ids(&self) -> Option<(u32, u32)> {
        let (uid, gid) = self.user.split_once(':')?;
        Some((uid.parse().ok()?, gid.parse().ok()?))
    }

    /// Program and arguments: entrypoint, then command.
    pub fn command(&self) -> impl Iterator<Item = &str> {
        self.entrypoint.iter().chain(&self.cmd).map(String::as_str)
    }
}

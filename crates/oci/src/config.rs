//! Configs: how a runtime starts an image.

use serde::{Deserialize, Serialize};

use crate::{Architecture, Digest, Os, Platform, ambiguity::or_null};

/// The config of an image.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Config {
    /// When it was created, as RFC 3339 writes it. Absent unless somebody says it, so that the same content has the same bytes.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "or_null")]
    pub created: Option<String>,
    /// The processor that the program is compiled for.
    pub architecture: Architecture,
    /// The operating system that the program is compiled for.
    pub os: Os,
    /// User, environment and command line.
    #[serde(default, deserialize_with = "or_null")]
    pub config: Execution,
    /// The uncompressed layers.
    pub rootfs: RootFs,
    /// One entry for each layer, lowest first.
    #[serde(default)]
    pub history: Vec<History>,
}

/// User, environment and command line of the program that a runtime starts.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Execution {
    /// `uid:gid` in images of Driftless; names in others.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_null")]
    pub user: String,
    /// `NAME=value` each.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "or_null")]
    pub env: Vec<String>,
    /// The program and its first arguments.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "or_null")]
    pub entrypoint: Vec<String>,
    /// Arguments that follow the entrypoint, or the command line if it is empty.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "or_null")]
    pub cmd: Vec<String>,
    /// The directory that the program is started in; `/` if it is empty.
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_null")]
    pub working_dir: String,
}

/// The uncompressed layers.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct RootFs {
    /// Always `layers`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Digests of the uncompressed layers, lowest first.
    pub diff_ids: Vec<Digest>,
}

/// How a layer was created.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct History {
    /// Free text, such as the line of a Dockerfile.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub created_by: String,
    /// True if the step did not create a layer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub empty_layer: bool,
}

impl Config {
    /// Processor and operating system.
    pub fn platform(&self) -> Platform {
        Platform { architecture: self.architecture, os: self.os }
    }
}

impl Execution {
    /// User and group id; none unless `user` is two numbers.
    pub fn ids(&self) -> Option<(u32, u32)> {
        let (uid, gid) = self.user.split_once(':')?;
        Some((uid.parse().ok()?, gid.parse().ok()?))
    }

    /// The command line: entrypoint, then command.
    pub fn command(&self) -> impl Iterator<Item = &str> {
        self.entrypoint.iter().chain(&self.cmd).map(String::as_str)
    }
}

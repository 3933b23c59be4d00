//! What a release tells an environment's root.

use std::collections::BTreeMap;

use oci::Digest;
use serde::{Deserialize, Serialize};

/// `release.auto.tfvars.json`
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Variables {
    /// The image of each service.
    pub images: BTreeMap<String, Digest>,
    /// Services that run another number of tasks than the stack says; 0 is paused.
    #[serde(default)]
    pub tasks: BTreeMap<String, u32>,
    /// `service/NAME` of each secret, and the version of it that tasks get.
    #[serde(default)]
    pub secret_versions: BTreeMap<String, String>,
}

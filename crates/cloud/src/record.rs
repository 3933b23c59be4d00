//! Release records: what was released where, when, by whom, and what became of it. They are added, never changed.

mod allowed;
mod back;
mod check;
mod difference;
mod signed;
mod store;

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{release::Release, scale::is_paused};
use oci::Digest;
use serde::{Deserialize, Serialize};

use crate::{
    Outcome,
    terraform::{Tools, Variables},
};

pub(crate) use self::allowed::Own;
pub use self::{
    difference::{Difference, Values},
    store::{Draft, Records, Store},
};

/// The only version of a record that this program reads and writes.
pub const SCHEMA: u32 = 1;

/// One release of an environment, as it is kept in the state bucket.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Version of this document: [`SCHEMA`].
    pub schema: u32,
    /// Counts the releases of the environment from 1. No two have the same.
    pub number: u32,
    /// The environment.
    pub environment: String,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// Whom AWS took the caller for.
    pub by: String,
    /// What was done.
    pub kind: Kind,
    /// What became of it: one that was declined or changed nothing is not recorded.
    pub outcome: Outcome,
    /// The commit that it was built from, if that is known.
    pub revision: Option<String>,
    /// The stack and its images.
    pub release: Release,
    /// What the root was told.
    pub variables: Variables,
    /// What its root was planned with; none in records from before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_with: Option<Tools>,
    /// The configuration of each root of the stack, by digest: the object `configurations/<digest>.tf.json`.
    pub configurations: BTreeMap<String, Digest>,
}

/// What a release was.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Kind {
    /// A bundle.
    Deploy,
    /// A release of this environment again.
    Rollback {
        /// Its number.
        to: u32,
    },
    /// A release of another environment.
    Promote {
        /// Which environment.
        from: String,
        /// Its number there.
        number: u32,
    },
    /// Another number of tasks.
    Scale,
    /// No tasks.
    Pause,
    /// Tasks again.
    Resume,
    /// Another value of a secret.
    Secret {
        /// `service/NAME`, or several of them with commas between.
        name: String,
    },
    /// All of the environment was deleted.
    Destroy,
}

impl Kind {
    /// In a few words.
    pub fn words(&self) -> String {
        match self {
            Self::Deploy => "deploy".to_owned(),
            Self::Rollback { to } => format!("rollback to {to}"),
            Self::Promote { from, number } => format!("promote {from} {number}"),
            Self::Scale => "scale".to_owned(),
            Self::Pause => "pause".to_owned(),
            Self::Resume => "resume".to_owned(),
            Self::Secret { name } => format!("secret {name}"),
            Self::Destroy => "destroy".to_owned(),
        }
    }
}

impl Record {
    /// Whether it was told to run no task.
    pub fn is_paused(&self) -> bool {
        let environment = self.release.stack.environments.get(&self.environment);
        environment.is_some_and(|environment| is_paused(environment, &self.variables.tasks))
    }

    /// Whether `other` is the same release, told the same.
    pub fn is_same_release(&self, release: &Release, variables: &Variables, configuration: Digest) -> bool {
        self.release.images == release.images
            && self.variables == *variables
            && self.configurations.get(&self.environment) == Some(&configuration)
    }
}

/// The key of release `number` of `environment`.
fn key(environment: &str, number: u32) -> String {
    format!("releases/{environment}/{number:08}.json")
}

#[cfg(test)]
mod tests;

//! The sandbox that a task runs in: what a container runtime does for a task on ECS, without one.
//!
//! The engine starts `driftless task-init` once for each task, so that the sandbox is made by a fresh process with one
//! thread. That process is the task's *keeper*: it makes the namespaces, starts `driftless task-init --inside` in them,
//! which mounts the root, gives up every privilege and becomes the service, and then waits for it. Without isolation
//! the keeper itself becomes the service.
//!
//! Engine and keeper speak JSON lines over a socket that is the keeper's standard input: [`Spec`] and [`Order`] go in,
//! [`Report`]s come out. When either end goes away the other one notices, so that no task outlives its engine.

mod channel;
mod init;
#[cfg(target_os = "linux")]
mod inside;
mod isolation;
#[cfg(target_os = "linux")]
mod keeper;
#[cfg(target_os = "linux")]
mod mounts;
mod plain;
#[cfg(target_os = "linux")]
mod privileges;

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};

pub(crate) use init::{ARGUMENT, program, run};
pub use isolation::{Choice, Isolation};

/// Bytes that a task may have in its `/tmp`, which is memory.
#[cfg(target_os = "linux")]
const TMP_BYTES: u64 = 64 << 20;

/// How the processes of a task are set apart from the rest of the machine.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mode {
    /// Namespaces that belong to a user namespace: needs no privilege.
    UserNamespaces,
    /// Namespaces made by root, and another user id inside.
    Root,
    /// None.
    Plain,
}

/// What the keeper is to run, and in what.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Spec {
    pub(crate) mode: Mode,
    /// The unpacked image.
    pub(crate) root: PathBuf,
    /// The directory that outlives the task.
    pub(crate) data: Option<Data>,
    /// User and group id.
    pub(crate) ids: (u32, u32),
    pub(crate) hostname: String,
    /// Program and arguments. Empty in a trial: the sandbox is made, and left.
    pub(crate) command: Vec<String>,
    pub(crate) working_directory: String,
    /// All of the environment.
    pub(crate) environment: BTreeMap<String, String>,
}

/// A directory of the host that a task may write to.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Data {
    /// Where it is.
    pub(crate) host: PathBuf,
    /// Where the task sees it, absolute.
    pub(crate) inside: String,
}

/// What the engine tells a keeper after the [`Spec`].
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Order {
    /// Pass SIGTERM on to the service.
    Stop,
}

/// What a keeper tells the engine.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Report {
    /// The sandbox could not be made; the last report.
    Failed(String),
    /// The service left by itself with this code; the last report.
    Code(i32),
    /// The service was ended by this signal; the last report.
    Signal(i32),
}

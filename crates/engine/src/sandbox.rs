//! The sandbox that a task runs in: what a container runtime does for a task on ECS, without one.
//!
//! The engine starts `driftless task-init` once for each task, so that the sandbox is made by a fresh process with one
//! thread. That process is the task's *keeper*: it makes the namespaces, starts `driftless task-init --inside` in them,
//! which mounts the root, gives up every privilege and starts the service; both wait for it. Without isolation
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
#[cfg(target_os = "linux")]
mod network;
mod plain;
#[cfg(target_os = "linux")]
mod privileges;
#[cfg(target_os = "linux")]
mod sealed;
#[cfg(target_os = "linux")]
mod syscalls;

use std::{collections::BTreeMap, net::SocketAddrV4, path::PathBuf};

use hint::ErrorReport;
use serde::{Deserialize, Serialize};

pub(crate) use init::starter;
pub use init::{ARGUMENT, program, run};
pub use isolation::{Choice, Isolation};

/// Bytes that a task may have in its `/tmp`, which is memory; as much as on Fargate.
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
    /// Further directories that a task may write to, which are memory, by their bytes.
    pub(crate) writable: BTreeMap<String, u64>,
    /// User and group id.
    pub(crate) ids: (u32, u32),
    pub(crate) hostname: String,
    /// Program and arguments. Empty in a trial: the sandbox is made, and left.
    pub(crate) command: Vec<String>,
    pub(crate) working_directory: String,
    /// All of the environment.
    pub(crate) environment: BTreeMap<String, String>,
    /// A file that takes the place of the machine's `/etc/hosts`.
    pub(crate) hosts: Option<PathBuf>,
    /// None: the machine's.
    pub(crate) network: Option<Network>,
}

/// A directory of the host that a task may write to.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Data {
    /// Where it is.
    pub(crate) host: PathBuf,
    /// Where the task sees it, absolute.
    pub(crate) inside: String,
}

/// A network of the task's own.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Network {
    /// Addresses inside at which it finds others.
    pub(crate) ways: Vec<SocketAddrV4>,
    /// The socket at which the engine waits.
    pub(crate) engine: PathBuf,
}

/// What the engine asks a task's network for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A connection to this port.
    Port(u16),
    /// `/proc/net/tcp`.
    Listeners,
    /// `/proc/net/tcp6`.
    Listeners6,
    /// What is the network's alone.
    Name,
}

impl Asked {
    pub(crate) const BYTES: usize = 3;

    pub(crate) fn write(self) -> [u8; Self::BYTES] {
        match self {
            Self::Port(port) => [0, port.to_be_bytes()[0], port.to_be_bytes()[1]],
            Self::Listeners => [1, 0, 0],
            Self::Listeners6 => [2, 0, 0],
            Self::Name => [3, 0, 0],
        }
    }

    #[cfg(target_os = "linux")]
    fn read([kind, high, low]: [u8; Self::BYTES]) -> Self {
        match kind {
            0 => Self::Port(u16::from_be_bytes([high, low])),
            1 => Self::Listeners,
            2 => Self::Listeners6,
            _ => Self::Name,
        }
    }
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
    /// The sandbox could not be created, or the service not be started; the last report.
    Failed(ErrorReport),
    /// The service left by itself with this code; the last report.
    Code(i32),
    /// The service was ended by this signal; the last report.
    Signal(i32),
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use serde_json::Value;

    use super::TMP_BYTES;

    #[test]
    fn what_a_task_may_keep_in_tmp_is_as_much_as_on_fargate() {
        for environment in ["dev", "prod"] {
            let root = format!("{}/../../nix/rendered/{environment}/config.tf.json", env!("CARGO_MANIFEST_DIR"));
            let root: Value = serde_json::from_slice(&std::fs::read(root).unwrap()).unwrap();
            for definition in root["resource"]["aws_ecs_task_definition"].as_object().unwrap().values() {
                let containers = definition["container_definitions"].as_str().unwrap();
                let containers: Value = serde_json::from_str(containers).unwrap();
                let tmp = &containers[0]["linuxParameters"]["tmpfs"][0];
                assert_eq!(tmp["containerPath"], "/tmp");
                assert_eq!(tmp["size"].as_u64().map(|mebibytes| mebibytes << 20), Some(TMP_BYTES));
            }
        }
    }
}

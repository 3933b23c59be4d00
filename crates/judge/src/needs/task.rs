//! What a service's task definition asks for.

use serde::Serialize;

/// A task of a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Task {
    /// The service, by its name in the network.
    pub service: String,
    /// Images, as they are pulled.
    pub images: Vec<String>,
    /// The role that ECS starts the task with, by its name in the account.
    pub execution_role: Option<String>,
    /// The role that the task's programs have.
    pub task_role: Option<String>,
    /// The role by which ECS moves requests from one target group to another.
    pub deployment_role: Option<String>,
    /// Where its containers log to.
    pub logs: Vec<Logs>,
    /// Secrets and parameters that its containers start with.
    pub secrets: Vec<Secret>,
    /// File systems that it mounts.
    pub files: Vec<Files>,
    /// Whether ECS Exec is on.
    pub shell: bool,
    /// Places that its settings name: databases, caches, other services with a port.
    pub peers: Vec<String>,
}

/// A log group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Logs {
    /// Its name.
    pub group: String,
    /// Its region.
    pub region: String,
    /// The key that it is encrypted with, where that is not AWS's own.
    pub key: Option<String>,
}

/// A secret of Secrets Manager or a parameter of Systems Manager.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Secret {
    /// Its ARN, without key, stage and version.
    pub arn: String,
    /// The key that it is encrypted with, where that is not AWS's own.
    pub key: Option<String>,
}

/// A file system of EFS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Files {
    /// By its name in the network, which is its name in the account, too.
    pub file_system: String,
    /// The ARN of the access point.
    pub access_point: Option<String>,
    /// Whether the task's role is used.
    pub iam: bool,
    /// Whether the connection is encrypted.
    pub tls: bool,
}

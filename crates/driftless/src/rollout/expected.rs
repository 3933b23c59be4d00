//! What a rollout is measured by.

use std::time::Duration;

use oci::Digest;

use crate::stack::Deployed;

/// A service, and what it is to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The stack's name for it.
    pub service: String,
    /// ECS's name for it.
    pub service_name: String,
    /// The image.
    pub digest: Digest,
    /// The task definition's ARN, where it is known: one image may be run in different ways.
    pub task_definition: Option<String>,
    /// Whether no task at all is what is wanted.
    pub paused: bool,
    /// A path that the load balancer forwards to it, if it forwards any.
    pub path: Option<String>,
}

impl Expected {
    /// `service`, as it is deployed, with `digest` as its image.
    pub fn new(service: &str, deployed: &Deployed, digest: Digest) -> Self {
        Self {
            service: service.to_owned(),
            service_name: deployed.service_name.clone(),
            digest,
            task_definition: None,
            paused: false,
            path: path(deployed),
        }
    }
}

/// A path that its first rule forwards, if that is for any host.
fn path(deployed: &Deployed) -> Option<String> {
    let rule = deployed.rules.iter().find(|rule| rule.hosts.is_empty())?;
    let pattern = rule.paths.first()?;
    Some(pattern.split(['*', '?']).next().unwrap_or(pattern).to_owned())
}

/// How long, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A deployment that takes longer has failed and is stopped; going back may take as long again.
    pub time: Duration,
    /// Tasks that may fail before the deployment is stopped, for reasons that another try might not meet.
    pub attempts: usize,
    /// The same for reasons that no other try will change: the image is missing, it is for another processor, …
    pub certain: usize,
    /// How long ECS may take to begin a deployment after it was asked to.
    pub begin: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_mins(15),
            attempts: 3,
            // Not one: roles and secrets that were just made are not known everywhere at once.
            certain: 2,
            begin: Duration::from_mins(1),
        }
    }
}

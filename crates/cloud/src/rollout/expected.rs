//! What a rollout is measured by.

use std::time::Duration;

use model::stack::{Deployed, Environment};
use oci::Digest;

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
    /// How many tasks the release fixes; none where `infra.nix`, or the service's scaling, decides.
    pub tasks: Option<u32>,
    /// A schedule has it run no task now.
    pub asleep: bool,
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
            tasks: None,
            asleep: false,
            path: path(deployed),
        }
    }

    /// Whether no task at all is what is wanted.
    pub fn is_paused(&self) -> bool {
        self.tasks == Some(0)
    }
}

/// Those of `environment`, which are left to the load balancer's health checks where nobody here can ask them.
pub fn asked_where_possible(environment: &Environment, mut expected: Vec<Expected>) -> Vec<Expected> {
    if !environment.can_be_asked() {
        for one in &mut expected {
            one.path = None;
        }
    }
    expected
}

/// A path that is forwarded to it: one that a rule names in full, or the beginning of one with wildcards. Not that of its
/// health check, which a rule of another service may have in front of its own.
fn path(deployed: &Deployed) -> Option<String> {
    let patterns = || deployed.rules.iter().filter(|rule| rule.hosts.is_empty()).flat_map(|rule| &rule.paths);
    let literal = patterns().find(|pattern| !pattern.contains(['*', '?']));
    let pattern = literal.or_else(|| patterns().next())?;
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

impl Limits {
    /// `time` to start and stop tasks, and the time that traffic takes in `environment` on top of it.
    #[must_use]
    pub fn of(environment: &Environment, time: Duration) -> Self {
        Self { time: time + environment.moving(), ..Self::default() }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use model::stack::{Rule, Stack};

    #[test]
    fn a_rollout_may_take_as_long_as_traffic_moves_on_top_of_its_time() {
        let mut stack = Stack::parse(include_bytes!("../../../../nix/rendered/stack.json")).unwrap();
        let mut dev = stack.environments.remove("dev").unwrap();
        assert_eq!(Limits::of(&dev, Duration::from_mins(15)).time, Duration::from_mins(15));
        dev.strategy = model::stack::Strategy::Linear;
        // Nine pauses of five minutes, and the bake.
        assert_eq!(Limits::of(&dev, Duration::from_mins(15)).time, Duration::from_mins(15 + 9 * 5 + 5));
    }

    #[test]
    fn who_cannot_be_asked_from_here_is_not() {
        let mut stack = Stack::parse(include_bytes!("../../../../nix/rendered/stack.json")).unwrap();
        let mut dev = stack.environments.remove("dev").unwrap();
        let frontend = Expected::new("frontend", &dev.services["frontend"], Digest::of(b""));
        let path = |dev: &Environment| asked_where_possible(dev, vec![frontend.clone()])[0].path.clone();
        assert_eq!(path(&dev).as_deref(), Some("/"));
        dev.cdn = true;
        assert_eq!(path(&dev), None);
    }

    #[test]
    fn a_service_is_asked_for_what_is_forwarded_to_it_alone() {
        let stack = Stack::parse(include_bytes!("../../../../nix/rendered/stack.json")).unwrap();
        let mut service = stack.environments["dev"].services["frontend"].clone();
        let mut asked = |paths: &[&str], hosts: &[&str]| {
            let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
            service.rules = vec![Rule { priority: 1, paths: own(paths), hosts: own(hosts) }];
            path(&service)
        };
        assert_eq!(asked(&["/*"], &[]).as_deref(), Some("/"), "its health check may be answered by another");
        assert_eq!(asked(&["/api/*", "/api"], &[]).as_deref(), Some("/api"));
        assert_eq!(asked(&["/api/*"], &[]).as_deref(), Some("/api/"));
        assert_eq!(asked(&["/*"], &["admin.example.com"]), None);
    }
}

//! `stack.json`: what `infra.nix` says, as the command line reads it.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

/// The only version of `stack.json` that this program reads and writes.
pub const SCHEMA: u32 = 1;

/// An environment value that starts so stands for the address of the service named after it.
pub const SERVICE_REFERENCE: &str = "service:";

/// A project's services, independent of any environment.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    /// Version of this document: [`SCHEMA`].
    pub schema: u32,
    /// Name that prefixes everything made for the project.
    pub project: String,
    /// The services by name.
    pub services: BTreeMap<String, Service>,
}

/// One service: an image and how it is run and reached.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The Cargo package, and its binary, that the image holds.
    pub package: String,
    /// The port that the container listens on; passed to it as `PORT`.
    pub port: u16,
    /// The load balancer's rules that forward to this service.
    pub rules: Vec<Rule>,
    /// The target group's health check.
    pub health: Health,
    /// Environment variables. `service:NAME` becomes the address of that service (`http://host:port`).
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Names of the environment variables whose values are secrets, kept elsewhere.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Fargate CPU units; 1024 are one virtual CPU.
    pub cpu: u32,
    /// Memory in MiB.
    pub memory: u32,
    /// Tasks that run at once.
    pub tasks: u32,
    /// Directory in the container that outlives its tasks, or none.
    #[serde(default)]
    pub data: Option<String>,
    /// Seconds between the stop signal and the kill.
    pub stop_timeout_seconds: u32,
    /// Seconds that a replaced task may still answer the requests it has.
    pub drain_seconds: u32,
}

/// A listener rule: requests that match are forwarded to the service.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Rules are tried in ascending order of this, 1 to 50000, each number once.
    pub priority: u32,
    /// Path patterns with `*` and `?`, any of which must match; at most five.
    pub paths: Vec<String>,
}

/// A target group's health check.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// Path that is asked; 200 is healthy.
    pub path: String,
    /// Seconds between checks.
    pub interval_seconds: u32,
    /// Seconds until an unanswered check counts as failed.
    pub timeout_seconds: u32,
    /// Consecutive successes that make a target healthy.
    pub healthy_threshold: u32,
    /// Consecutive failures that make it unhealthy.
    pub unhealthy_threshold: u32,
}

impl Stack {
    /// Reads `stack.json` at `path`.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read(path).with_context(|| format!("reading `{}`", path.display()))?;
        Self::parse(&text).with_context(|| format!("reading `{}`", path.display()))
    }

    /// Parses the bytes of a `stack.json`.
    pub fn parse(text: &[u8]) -> anyhow::Result<Self> {
        let stack: Self = serde_json::from_slice(text)?;
        stack.check()?;
        Ok(stack)
    }

    /// What must hold between the parts of a stack for this program to act on it.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        ensure!(
            self.schema == SCHEMA,
            "schema {} is not the one this program knows, {SCHEMA}\nhint: use the `driftless` of the stack's own release",
            self.schema
        );
        check_name("project", &self.project)?;
        for (name, service) in &self.services {
            check_name("service", name)?;
            for (variable, value) in &service.environment {
                let Some(other) = value.strip_prefix(SERVICE_REFERENCE) else { continue };
                ensure!(
                    self.services.contains_key(other),
                    "`{variable}` of service `{name}` names the service `{other}`, which the stack does not have"
                );
            }
        }
        Ok(())
    }
}

/// Names become names of directories, images and AWS resources.
fn check_name(kind: &str, name: &str) -> anyhow::Result<()> {
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    ensure!(
        plain && (1..=32).contains(&name.len()) && name.starts_with(|c: char| c.is_ascii_lowercase()),
        "the {kind} name `{}` is not 1 to 32 of a-z, 0-9 and `-`, starting with a letter",
        name.escape_default()
    );
    Ok(())
}

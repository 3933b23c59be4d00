//! What was found.

use std::collections::BTreeMap;

use serde::Serialize;

/// Version of this document.
pub const SCHEMA: u32 = 1;

/// All that was found.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Version of this document: [`SCHEMA`].
    pub schema: u32,
    /// Digest of the image.
    pub digest: String,
    /// Its platform.
    pub platform: String,
    /// What was asked, and found, in its order.
    pub findings: Vec<Finding>,
    /// The port at which it answers, if it does.
    pub port: Option<u16>,
    /// The path of a health check that it passes, if there is one.
    pub path: Option<String>,
    /// The user that it has to be given, if its own will not do.
    pub user: Option<String>,
    /// Directories that it has to be able to write to.
    pub writable: Vec<String>,
    /// Variables that it was given.
    pub environment: BTreeMap<String, String>,
    /// Bytes of memory that its programs held at most.
    pub memory_peak: u64,
    /// The smallest task that fits: CPU units and MiB.
    pub size: (u32, u32),
}

/// One question.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// What was asked.
    pub question: &'static str,
    /// The answer.
    pub answer: Answer,
    /// What it is known by.
    pub evidence: String,
    /// What to do about it; empty if there is nothing to do.
    pub remedy: String,
}

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// As it should be.
    Yes,
    /// It will do, with something that infra.nix has to say.
    WithHelp,
    /// It will fail on Fargate.
    No,
    /// It could not be asked.
    Unknown,
}

impl Report {
    /// Whether nothing will fail.
    pub fn conforms(&self) -> bool {
        self.findings.iter().all(|finding| matches!(finding.answer, Answer::Yes | Answer::WithHelp))
    }

    /// What infra.nix has to say of it, for the service `name` of an image that is `found` so: a line of infra.nix, too.
    pub fn service(&self, name: &str, found: &str) -> String {
        let mut lines = vec![found.to_owned()];
        lines.extend(self.port.map(|port| format!("port = {port};")));
        lines.push("routes = [ \"/*\" ];".to_owned());
        lines.extend(self.path.as_ref().map(|path| format!("health.path = \"{path}\";")));
        lines.extend(self.user.as_ref().map(|user| format!("user = \"{user}\";")));
        lines.extend(self.writable.iter().map(|path| format!("writable.\"{path}\" = {};", crate::sizes::WRITABLE)));
        lines.extend(self.environment.iter().map(|(name, value)| format!("environment.{name} = {value:?};")));
        lines.push(format!("cpu = {};", self.size.0));
        lines.push(format!("memory = {};", self.size.1));
        let lines: Vec<_> = lines.iter().map(|line| format!("  {line}\n")).collect();
        format!("services.{name} = {{\n{}}};", lines.concat())
    }
}

//! What a rehearsal found.

use std::collections::BTreeMap;

use model::{
    release::Release,
    stack::{Deployed, SERVICE_REFERENCE},
};
use serde::{Deserialize, Serialize};

use crate::life::Seen;

/// Version of this document.
pub const SCHEMA: u32 = 1;

/// A rehearsal from beginning to end.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Version of this document: [`SCHEMA`].
    pub schema: u32,
    /// The project.
    pub project: String,
    /// The environment that was rehearsed.
    pub environment: String,
    /// True if every step did what it should.
    pub passed: bool,
    /// What was done, in its order.
    pub steps: Vec<Step>,
    /// What could not be rehearsed, and why.
    pub left_out: Vec<String>,
    /// The services, as the environment has them.
    pub services: Vec<Service>,
    /// How many resources a first deployment makes, by their types.
    pub resources: BTreeMap<String, usize>,
    /// What the release changes of the one that served before it, if there was one.
    pub changes: Vec<Planned>,
    /// What it costs in a month without traffic, in US dollars, if that can be told.
    pub monthly: Option<f64>,
    /// What became of the tasks.
    pub tasks: Vec<Seen>,
    /// How tasks were set apart on this machine.
    pub isolation: String,
    /// Seconds from beginning to end.
    pub seconds: f64,
}

/// A service, and its image.
#[derive(Debug, Serialize)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Paths that lead to it.
    pub routes: Vec<String>,
    /// Services that it calls.
    pub calls: Vec<String>,
    /// The directory that it keeps.
    pub keeps: Option<String>,
    /// Where it listens.
    pub port: u16,
    /// How many tasks.
    pub tasks: u32,
    /// CPU units of a task: 1024 are one vCPU.
    pub cpu: u32,
    /// Mebibytes of a task.
    pub memory: u32,
    /// Path of its health check.
    pub health: String,
    /// Digest of its image.
    pub digest: String,
    /// Platform of its image.
    pub platform: String,
    /// Bytes that a registry stores for it.
    pub bytes: u64,
}

impl Service {
    pub(crate) fn of(name: &str, deployed: &Deployed, release: &Release) -> Self {
        let image = release.images.get(name);
        let calls = deployed.environment.values().filter_map(|value| value.strip_prefix(SERVICE_REFERENCE));
        Self {
            name: name.to_owned(),
            routes: deployed.rules.iter().flat_map(|rule| rule.paths.clone()).collect(),
            calls: calls.map(str::to_owned).collect(),
            keeps: deployed.data.clone(),
            port: deployed.port,
            tasks: deployed.tasks,
            cpu: deployed.cpu,
            memory: deployed.memory,
            health: deployed.health.path.clone(),
            digest: image.map(|image| image.digest.to_string()).unwrap_or_default(),
            platform: image.map(|image| image.platform.to_string()).unwrap_or_default(),
            bytes: image.map(|image| image.size).unwrap_or_default(),
        }
    }
}

/// What a plan makes of a resource.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Planned {
    /// Its address in the configuration.
    pub address: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// `create`, `change`, `replace` or `destroy`.
    pub action: String,
}

impl Planned {
    /// Those of what `plan --json` prints; none of what it does not.
    pub(crate) fn all(printed: &str) -> Vec<Self> {
        #[derive(Deserialize)]
        struct Plan {
            resources: Vec<Planned>,
        }
        serde_json::from_str(printed).map(|plan: Plan| plan.resources).unwrap_or_default()
    }
}

/// One step.
#[derive(Debug, Serialize)]
pub struct Step {
    /// In a few words.
    pub name: String,
    /// The command that did it, if one did.
    pub command: Option<String>,
    /// What became of it.
    pub outcome: StepOutcome,
    /// What was found, or went wrong.
    pub detail: String,
    /// Seconds.
    pub seconds: f64,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    /// It did what it should.
    Passed,
    /// It did not.
    Failed,
}

impl Report {
    /// The verdict in a line.
    pub fn verdict(&self) -> String {
        let Self { environment, project, .. } = self;
        match self.steps.iter().find(|step| step.outcome == StepOutcome::Failed) {
            None => format!(
                "`{environment}` of `{project}` can be deployed: {} steps passed in {:.0} s",
                self.steps.len(),
                self.seconds
            ),
            Some(step) => {
                format!("`{environment}` of `{project}` can't be deployed as it is: the step \"{}\" failed", step.name)
            }
        }
    }
}

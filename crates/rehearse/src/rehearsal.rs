//! A rehearsal, from an empty account to an empty account.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc, time::Instant};

use anyhow::Context;
use engine::{Choice, DataDirectory};
use model::{bundle::Bundle, progress::Progress};

use crate::{
    account::Account,
    agent::Agent,
    commands::Commands,
    release::checkout,
    report::{self, Report, Service, StepOutcome},
    stage::Stage,
    steps::upgrade,
};

/// What is rehearsed, and with what.
#[derive(Debug)]
pub struct Rehearsal {
    /// The program whose commands are run: this one.
    pub program: PathBuf,
    /// The bundle that is deployed.
    pub bundle: PathBuf,
    /// The bundle that is deployed before it.
    pub against: Option<PathBuf>,
    /// The environment that it is deployed to.
    pub environment: String,
    /// The environment that it is promoted to afterwards.
    pub promote_to: Option<String>,
    /// What starts the account: Python, with what the account needs.
    pub python: PathBuf,
    /// The directory that has the account's sources, in `rehearsal`.
    pub sources: PathBuf,
    /// The certificates of the authorities that programs trust, as PEM.
    pub roots: String,
    /// The program that judges requests.
    pub judge: PathBuf,
    /// A directory that is removed afterwards.
    pub scratch: PathBuf,
}

impl Rehearsal {
    /// Rehearses, and says what was found. An error is one of the rehearsal, not of what is rehearsed.
    pub async fn run(self, progress: &dyn Progress) -> anyhow::Result<Report> {
        let begin = Instant::now();
        let release = Bundle::open(&self.bundle)?.release;
        let stack = &release.stack;
        let environment = stack.environment(&self.environment)?.clone();
        let before = self.against.as_deref().map(|against| {
            let before = Bundle::open(against)?.release;
            upgrade::check(&before.stack, stack, &self.environment, against)?;
            anyhow::Ok(before)
        });
        let before = before.transpose()?;
        let step = progress.step("starting the simulated account");
        let account = Arc::new(Account::start(&self.python, &self.sources, &self.judge).await?);
        account.run_for_real().await?;
        let agent =
            Agent::start(Arc::clone(&account), DataDirectory::new(self.scratch.join("tasks")), Choice::Auto).await?;
        step.done(&account.address);
        let internet = agent.internet();
        let roots = self.scratch.join("roots.pem");
        fs::write(&roots, self.roots.clone() + &internet.authority).context("writing a file of certificates")?;
        let commands = Commands::new(
            &self.program,
            &checkout(&self.bundle, &self.scratch)?,
            &self.scratch.join("state"),
            &account,
            internet.address,
            &roots,
        );
        let mut stage = Stage {
            rehearsal: &self,
            stack,
            before: before.as_ref().map(|before| &before.stack),
            account: &account,
            agent: &agent,
            commands,
            progress,
            steps: Vec::new(),
            resources: BTreeMap::new(),
            monthly: None,
            changes: Vec::new(),
        };
        let result = stage.play().await;
        let Stage { steps, resources, monthly, changes, .. } = stage;
        let (tasks, isolation) = (agent.seen(), agent.isolation().to_owned());
        agent.stop().await;
        if let Ok(account) = Arc::try_unwrap(account) {
            account.stop().await;
        }
        result?;
        Ok(Report {
            schema: report::SCHEMA,
            project: stack.project.clone(),
            environment: self.environment.clone(),
            passed: steps.iter().all(|step| step.outcome == StepOutcome::Passed),
            steps,
            left_out: left_out(),
            services: environment.services.iter().map(|(name, one)| Service::of(name, one, &release)).collect(),
            resources,
            changes,
            monthly,
            tasks,
            isolation,
            seconds: begin.elapsed().as_secs_f64(),
        })
    }
}

/// What a rehearsal does not show.
fn left_out() -> Vec<String> {
    [
        "container health checks: the load balancer's were asked",
        "sizes: CPU and memory of tasks are not limited",
        "the internet: a task reaches the services whose names it knows, and nothing else",
        "databases and caches: there is nothing behind them",
    ]
    .map(str::to_owned)
    .to_vec()
}

//! Where steps are played: what they need, and what they found.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use model::{
    progress::{self, Progress},
    stack::{Deployed, Environment, Stack},
};

use crate::{
    account::Account,
    agent::Agent,
    commands::{As, Commands, Said},
    rehearsal::Rehearsal,
    report::{Planned, Step, StepOutcome},
};

/// The account, the agent and the commands, and the steps that were done with them.
pub(crate) struct Stage<'a> {
    pub(crate) rehearsal: &'a Rehearsal,
    pub(crate) stack: &'a Stack,
    /// What serves before it.
    pub(crate) before: Option<&'a Stack>,
    pub(crate) account: &'a Account,
    pub(crate) agent: &'a Agent,
    pub(crate) commands: Commands,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) steps: Vec<Step>,
    /// How many resources a first deployment makes, by their types.
    pub(crate) resources: BTreeMap<String, usize>,
    pub(crate) monthly: Option<f64>,
    /// What a release changes of the one before, where there is one.
    pub(crate) changes: Vec<Planned>,
}

/// What a step found: words, or what is wrong.
pub(crate) type Found = Result<String, String>;

/// A command: its words, what it reads, and how it should end.
pub(crate) struct Wanted<'a> {
    pub(crate) words: &'a [&'a str],
    pub(crate) input: &'a str,
    pub(crate) code: i32,
    pub(crate) by: As,
}

impl<'a> Wanted<'a> {
    /// As whoever releases does it; it should succeed.
    pub(crate) fn of(words: &'a [&'a str]) -> Self {
        Self { words, input: "", code: 0, by: As::Releaser }
    }

    /// As whoever owns the account does it.
    pub(crate) fn by_owner(self) -> Self {
        Self { by: As::Owner, ..self }
    }

    pub(crate) fn ends_with(self, code: i32) -> Self {
        Self { code, ..self }
    }

    pub(crate) fn reads(self, input: &'a str) -> Self {
        Self { input, ..self }
    }
}

impl Stage<'_> {
    /// Runs a command that should end as it is wanted to; whether it did.
    pub(crate) async fn command(&mut self, name: &str, wanted: Wanted<'_>) -> anyhow::Result<bool> {
        let step = self.progress.step(name);
        let said = self.run(&wanted).await?;
        self.end(name, Some(wanted.words), said.took, expected(&said, wanted.code), step);
        Ok(self.goes_on())
    }

    pub(crate) async fn run(&self, wanted: &Wanted<'_>) -> anyhow::Result<Said> {
        self.commands.run(wanted.words, wanted.input, wanted.by).await
    }

    /// Whether all went well so far.
    pub(crate) fn goes_on(&self) -> bool {
        self.steps.last().is_none_or(|step| step.outcome == StepOutcome::Passed)
    }

    pub(crate) fn end(
        &mut self,
        name: &str,
        words: Option<&[&str]>,
        took: Duration,
        found: Found,
        step: progress::Step,
    ) {
        let (outcome, detail) = match found {
            Ok(detail) => (StepOutcome::Passed, detail),
            Err(detail) => {
                let trouble = self.agent.trouble().map(|trouble| format!("\nrunning tasks: {trouble}"));
                (StepOutcome::Failed, detail + &trouble.unwrap_or_default())
            }
        };
        step.done(if outcome == StepOutcome::Passed { "" } else { "FAILED" });
        self.steps.push(Step {
            name: name.to_owned(),
            command: words.map(|words| self.shown(words)),
            outcome,
            detail,
            seconds: took.as_secs_f64(),
        });
    }

    /// The command as a person would write it.
    fn shown(&self, words: &[&str]) -> String {
        let scratch = self.rehearsal.scratch.display().to_string();
        let bundle = self.rehearsal.bundle.display().to_string();
        let words = words.iter().map(|word| word.replace(&bundle, "BUNDLE").replace(&scratch, "…"));
        format!("driftless {}", words.collect::<Vec<_>>().join(" "))
    }

    /// Where visitors of an environment ask, and by which name.
    pub(crate) fn door(&self, environment: &Environment) -> Option<(String, SocketAddr)> {
        let own = environment.url.as_deref().and_then(|url| url.strip_prefix("https://"));
        let (host, address) = self.agent.balancers().into_iter().next_back()?;
        Some((own.map_or(host, str::to_owned), address))
    }
}

/// The services that are meant.
pub(crate) fn services(environment: &Environment, which: impl Fn(&Deployed) -> bool) -> Vec<String> {
    let chosen = environment.services.iter().filter(|(_, deployed)| which(deployed));
    chosen.map(|(name, _)| name.clone()).collect()
}

/// A path for each rule of the services that are meant.
pub(crate) fn paths(environment: &Environment, which: impl Fn(&Deployed) -> bool) -> Vec<String> {
    let services = environment.services.values().filter(|deployed| which(deployed));
    let rules = services.flat_map(|deployed| &deployed.rules);
    rules.flat_map(|rule| &rule.paths).map(|path| path.replace('*', "")).collect()
}

/// Whether a service goes on while its tasks are replaced: what keeps files has one task, which ends before the next begins.
pub(crate) fn is_replaced_without_a_pause(deployed: &Deployed) -> bool {
    deployed.data.is_none()
}

/// Nothing to say of a command that ended as it should; else what it said.
pub(crate) fn expected(said: &Said, code: i32) -> Found {
    if said.code != Some(code) {
        let ended = said.code.map_or("was ended by a signal".to_owned(), |code| format!("exit code {code}"));
        return Err(format!("{ended}, expected {code}\n{}\n{}", said.last(12), said.out.trim_end()));
    }
    Ok(said.out.lines().next().unwrap_or_default().to_owned())
}

/// The words of a deployment. It is given up sooner than on AWS: nothing takes long here.
pub(crate) fn deploy<'a>(environment: &'a str, bundle: &'a str) -> [&'a str; 8] {
    ["deploy", "-e", environment, "--yes", "--bundle", bundle, "--timeout", "6"]
}

//! The steps of a rehearsal, from an empty account to an empty account.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use engine::{Choice, DataDirectory};
use model::{
    bundle::Bundle,
    progress::Progress,
    stack::{Deployed, Environment},
};
use serde_json::Value;

use crate::{
    account::Account,
    agent::Agent,
    commands::{Commands, Said},
    http::Http,
    registered::Tasks,
    release::{Change, changed, checkout},
    report::{self, Report, Service, Step, StepOutcome},
    visit::Visitors,
};

/// What is rehearsed, and with what.
#[derive(Debug)]
pub struct Rehearsal {
    /// The program whose commands are run: this one.
    pub program: PathBuf,
    /// The bundle that is deployed.
    pub bundle: PathBuf,
    /// The environment that it is deployed to.
    pub environment: String,
    /// What starts the account: Python, with what the account needs.
    pub python: PathBuf,
    /// The directory that has the account's sources, in `rehearsal`.
    pub sources: PathBuf,
    /// The program that judges requests.
    pub judge: PathBuf,
    /// A directory that is removed afterwards.
    pub scratch: PathBuf,
}

/// How long a step waits for what takes a moment after its command.
const MOMENT: Duration = Duration::from_secs(20);

impl Rehearsal {
    /// Rehearses, and says what was found. An error is one of the rehearsal, not of what is rehearsed.
    pub async fn run(self, progress: &dyn Progress) -> anyhow::Result<Report> {
        let begin = Instant::now();
        let release = Bundle::open(&self.bundle)?.release;
        let stack = &release.stack;
        let environment = stack.environment(&self.environment)?.clone();
        let step = progress.step("starting the simulated account");
        let account = Arc::new(Account::start(&self.python, &self.sources, &self.judge).await?);
        account.run_for_real().await?;
        let agent =
            Agent::start(Arc::clone(&account), DataDirectory::new(self.scratch.join("tasks")), Choice::Auto).await?;
        step.done(&account.address);
        let commands = Commands::new(
            &self.program,
            &checkout(&self.bundle, &self.scratch)?,
            &self.scratch.join("state"),
            &account,
        );
        let mut stage = Stage {
            rehearsal: &self,
            environment: &environment,
            account: &account,
            agent: &agent,
            commands,
            progress,
            steps: Vec::new(),
            resources: BTreeMap::new(),
            monthly: None,
        };
        let result = stage.play().await;
        let Stage { steps, resources, monthly, .. } = stage;
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
            left_out: left_out(&environment),
            services: environment.services.iter().map(|(name, one)| Service::of(name, one, &release)).collect(),
            resources,
            monthly,
            tasks,
            isolation,
            seconds: begin.elapsed().as_secs_f64(),
        })
    }
}

/// What a rehearsal does not show of an environment.
fn left_out(environment: &Environment) -> Vec<String> {
    let mut left: Vec<String> = vec![
        "container health checks: the load balancer's were asked".to_owned(),
        "network isolation of tasks: the ways between them are judged, not closed; a task listens at an address of its own, which `HOST` says".to_owned(),
        "sizes: CPU and memory of tasks are not limited".to_owned(),
    ];
    if environment.url.is_some() {
        left.push("TLS and the domain's name: visitors came to the load balancer's own name".to_owned());
    }
    left
}

struct Stage<'a> {
    rehearsal: &'a Rehearsal,
    environment: &'a Environment,
    account: &'a Account,
    agent: &'a Agent,
    commands: Commands,
    progress: &'a dyn Progress,
    steps: Vec<Step>,
    resources: BTreeMap<String, usize>,
    monthly: Option<f64>,
}

/// What a step found: words, or what is wrong.
type Found = Result<String, String>;

impl Stage<'_> {
    /// Plays all steps; after one that failed, none but the last.
    async fn play(&mut self) -> anyhow::Result<()> {
        let name = self.rehearsal.environment.clone();
        let bundle = self.rehearsal.bundle.display().to_string();
        let e = name.as_str();
        let b = bundle.as_str();
        if !self
            .command("bootstrap: state bucket and repositories", &["bootstrap", "-e", e, "--yes", "--bundle", b], "", 0)
            .await?
        {
            return Ok(());
        }
        if !self.secrets(e, b).await? {
            return Ok(());
        }
        let deployed = self.plan(e, b).await?
            && self.command("deploy: push, apply, watch until it serves", &deploy(e, b), "", 0).await?;
        if deployed {
            self.live(e, b).await?;
        }
        self.destroy(e, b).await
    }

    /// What is done with a deployment that is live.
    async fn live(&mut self, e: &str, b: &str) -> anyhow::Result<()> {
        let second = ["plan", "-e", e, "--bundle", b, "--detailed-exitcode"];
        if !self.command("a second plan: nothing is left to change", &second, "", 0).await? || !self.visits().await? {
            return Ok(());
        }
        if !self.change(e).await? || !self.crash(e).await? {
            return Ok(());
        }
        for (name, words) in [
            ("verify: what runs is what was built", &["verify", "-e", e, "--no-drift"][..]),
            ("drift: nobody changed anything", &["drift", "-e", e]),
            ("rollback: the release before", &["rollback", "-e", e, "--yes"]),
            ("pause: no task runs", &["pause", "-e", e, "--yes"]),
            ("resume: all tasks run", &["resume", "-e", e, "--yes"]),
        ] {
            if !self.command(name, words, "", 0).await? {
                return Ok(());
            }
        }
        self.visits().await?;
        Ok(())
    }

    /// Plans what is not there yet, and keeps what it would be.
    async fn plan(&mut self, e: &str, b: &str) -> anyhow::Result<bool> {
        let (name, words) = ("plan: everything is new", ["plan", "-e", e, "--bundle", b, "--json"]);
        let step = self.progress.step(name);
        let said = self.commands.run(&words, "").await?;
        let summary: Value = serde_json::from_str(&said.out).unwrap_or_default();
        for resource in summary["resources"].as_array().into_iter().flatten() {
            let kind = resource["type"].as_str().unwrap_or_default();
            *self.resources.entry(kind.to_owned()).or_default() += 1;
        }
        let count: usize = self.resources.values().sum();
        let found = expected(&said, 0).map(|_| format!("{count} resources"));
        self.end(name, Some(&words), said.took, found, step);
        let cost = self.commands.run(&["cost", "-e", e, "--bundle", b, "--json"], "").await?;
        let cost: Value = serde_json::from_str(&cost.out).unwrap_or_default();
        self.monthly = cost["environments"][0]["monthly"].as_f64();
        Ok(self.goes_on())
    }

    /// Gives each secret a value that nobody has to know.
    async fn secrets(&mut self, e: &str, b: &str) -> anyhow::Result<bool> {
        let named = self
            .environment
            .services
            .iter()
            .flat_map(|(service, deployed)| deployed.secrets.keys().map(move |name| format!("{service}/{name}")));
        for secret in named.collect::<Vec<_>>() {
            let name = format!("a value for `{secret}`");
            let words = ["secrets", "set", &secret, "-e", e, "--yes", "--bundle", b];
            if !self.command(&name, &words, "a value of the rehearsal\n", 0).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Asks each rule of the load balancer.
    async fn visits(&mut self) -> anyhow::Result<bool> {
        let begin = Instant::now();
        let Some((host, address)) = self.balancer() else {
            return Ok(true);
        };
        let step = self.progress.step("visiting the services");
        let (http, mut answers) = (Http::new(), Vec::new());
        let mut found: Found = Ok(String::new());
        for path in self.paths(|_| true) {
            match http.visit(address, &host, &path).await {
                Ok(answer) if !answer.status.is_server_error() => {
                    answers.push(format!("{path} {} ({} bytes)", answer.status.as_u16(), answer.body.len()));
                }
                Ok(answer) => found = Err(format!("{path} was answered with {}", answer.status)),
                Err(error) => found = Err(format!("{error:#}")),
            }
        }
        let found = found.map(|_| answers.join(", "));
        self.end("visitors: every route answers through the load balancer", None, begin.elapsed(), found, step);
        Ok(self.goes_on())
    }

    /// A change of every service that can be changed without a pause, while visitors come.
    async fn change(&mut self, e: &str) -> anyhow::Result<bool> {
        let services = self.services(is_replaced_without_a_pause);
        if services.is_empty() {
            return Ok(true);
        }
        let out = self.rehearsal.scratch.join("changed");
        let bundle = changed(&self.rehearsal.bundle, out, e, &services, Change::Harmless)?.display().to_string();
        let visitors = self
            .balancer()
            .map(|(host, address)| Visitors::begin(address, &host, &self.paths(is_replaced_without_a_pause)));
        let (name, words) = ("a change under load: no request fails", deploy(e, &bundle));
        let step = self.progress.step(name);
        let said = self.commands.run(&words, "").await?;
        let mut found = expected(&said, 0);
        if let Some(visitors) = visitors {
            let (visits, failures) = visitors.end().await;
            let failed: Vec<_> = failures.iter().map(|(what, count)| format!("{count} x {what}")).collect();
            found = found.and_then(|_| {
                if failed.is_empty() {
                    Ok(format!("{} changed, {visits} requests, none failed", services.join(", ")))
                } else {
                    Err(format!("of {visits} requests {}", failed.join(", ")))
                }
            });
        }
        self.end(name, Some(&words), said.took, found, step);
        Ok(self.goes_on())
    }

    /// A release that can't start: it has to go back by itself.
    async fn crash(&mut self, e: &str) -> anyhow::Result<bool> {
        let mut services = self.services(is_replaced_without_a_pause);
        services.truncate(1);
        if services.is_empty() {
            return Ok(true);
        }
        let out = self.rehearsal.scratch.join("crashing");
        let bundle = changed(&self.rehearsal.bundle, out, e, &services, Change::Crash)?.display().to_string();
        let name = "a release that can't start: it is said why, and the one before serves";
        self.command(name, &deploy(e, &bundle), "", 3).await
    }

    async fn destroy(&mut self, e: &str, b: &str) -> anyhow::Result<()> {
        let confirm = format!("--confirm={e}");
        let words = ["destroy", "-e", e, &confirm, "--allow-data-loss", "--bundle", b];
        self.command("destroy: nothing is left", &words, "", 0).await?;
        let begin = Instant::now();
        let step = self.progress.step("waiting for the last tasks");
        let found = loop {
            let listed: Tasks = self.account.ask("tasks").await?;
            let left = listed.tasks.into_iter().filter(|task| !task.has_ended()).map(|task| task.service);
            let left: Vec<_> = left.collect();
            if left.is_empty() {
                break Ok("no task runs".to_owned());
            }
            if begin.elapsed() > MOMENT {
                break Err(format!("still running: {}", left.join(", ")));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        self.end("no task is left", None, begin.elapsed(), found, step);
        Ok(())
    }

    /// Runs a command that should end with `code`; whether it did.
    async fn command(&mut self, name: &str, words: &[&str], input: &str, code: i32) -> anyhow::Result<bool> {
        let step = self.progress.step(name);
        let said = self.commands.run(words, input).await?;
        self.end(name, Some(words), said.took, expected(&said, code), step);
        Ok(self.goes_on())
    }

    fn goes_on(&self) -> bool {
        self.steps.last().is_none_or(|step| step.outcome == StepOutcome::Passed)
    }

    fn end(&mut self, name: &str, words: Option<&[&str]>, took: Duration, found: Found, step: model::progress::Step) {
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

    fn services(&self, which: impl Fn(&Deployed) -> bool) -> Vec<String> {
        let chosen = self.environment.services.iter().filter(|(_, deployed)| which(deployed));
        chosen.map(|(name, _)| name.clone()).collect()
    }

    /// A path for each rule of the services that are meant.
    fn paths(&self, which: impl Fn(&Deployed) -> bool) -> Vec<String> {
        let services = self.environment.services.values().filter(|deployed| which(deployed));
        let rules = services.flat_map(|deployed| &deployed.rules);
        rules.flat_map(|rule| &rule.paths).map(|path| path.replace('*', "")).collect()
    }

    fn balancer(&self) -> Option<(String, SocketAddr)> {
        self.agent.balancers().into_iter().next()
    }
}

/// The words of a deployment. It is given up sooner than on AWS: nothing takes long here.
fn deploy<'a>(environment: &'a str, bundle: &'a str) -> [&'a str; 8] {
    ["deploy", "-e", environment, "--yes", "--bundle", bundle, "--timeout", "6"]
}

/// Whether a service goes on while its tasks are replaced: what keeps files has one task, which ends before the next begins.
fn is_replaced_without_a_pause(deployed: &Deployed) -> bool {
    deployed.data.is_none()
}

/// Nothing to say of a command that ended as it should; else what it said.
fn expected(said: &Said, code: i32) -> Found {
    if said.code != Some(code) {
        let ended = said.code.map_or("was ended by a signal".to_owned(), |code| format!("exit code {code}"));
        return Err(format!("{ended}, expected {code}\n{}", said.last(12)));
    }
    Ok(said.out.lines().next().unwrap_or_default().to_owned())
}

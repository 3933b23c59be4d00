//! `driftless explain`

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::Subcommand;
use hint::Hint;
use judge::{
    access::{self, Outcome, Question},
    assertion::{Assertion, Finding, Held, wanted},
    needs::Lack,
    reach::{self, Answer},
    terraform::{Described, from_config, from_plan},
};
use model::{project::Project, stack::Stack, unknown::Unknown};
use serde::Serialize;
use serde_json::Value;

use super::{
    roots,
    show::{print, print_json},
};

/// Version of what `--json` prints.
const SCHEMA: u32 = 1;

/// Explain who reaches whom, and who may do what, by rule, route and statement
///
/// Reads the rendered Terraform root of an environment, or a plan; asks nothing of AWS. The answer says by which security
/// group, route, endpoint or policy statement, or what is lacking. docs/judge.md says what is judged, and what is not.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say whether one place reaches another, and by which way
    ///
    /// A place is `internet`, `cloudfront`, a network (`10.0.0.0/16`), a service with or without a port (`backend:8000`),
    /// `database`, `cache`, `files`, `loadbalancer`, an AWS service by the name of its endpoint (`secretsmanager`, `ecr.api`),
    /// `ecr` for all that a pull needs, or a host on the internet.
    #[command(after_help = "Examples:
  driftless explain reach internet backend:8000 --env dev
  driftless explain reach backend ecr --env prod
  driftless explain reach internet database --env prod --json | jq .verdict.answer

Exit codes: 0 yes, by every way; 1 no, in part, or it can't be judged; 2 the command line is wrong.")]
    Reach {
        /// Where the way begins
        from: String,
        /// Where it leads
        to: String,
        #[command(flatten)]
        of: Of,
    },

    /// Say whether a role may do something with a resource, and by which statement
    #[command(after_help = "Examples:
  driftless explain access backend_execution ecr:BatchGetImage '*' --env dev
  driftless explain access frontend_task ecs:RunTask arn:aws:ecs:us-east-1:111122223333:cluster/items --env prod
  driftless explain access backend_task s3:GetObject '*' --env dev --json | jq .verdict.deciding

Exit codes: 0 allowed; 1 denied, or it can't be judged; 2 the command line is wrong.")]
    Access {
        /// The role, by its name or ARN
        role: String,
        /// The action, such as `ecr:BatchGetImage`
        action: String,
        /// The resource: an ARN, or the Terraform address of a resource
        resource: String,
        #[command(flatten)]
        of: Of,
    },

    /// Say what the tasks of an environment need to start, and would lack
    ///
    /// Images, logs, secrets, files, other services, the load balancer: the way there, and the right to it.
    #[command(after_help = "Examples:
  driftless explain needs --env prod
  terraform show -json plan.bin > plan.json && driftless explain needs --plan plan.json

Exit codes: 0 nothing is lacking; 1 something is; 2 the command line is wrong.")]
    Needs {
        #[command(flatten)]
        of: Of,
    },

    /// Say whether the ways that `never` and `must` of an environment name are closed and open
    #[command(after_help = "Examples:
  driftless explain ways --env prod
  driftless explain ways --env prod --json | jq '.verdict.ways[] | select(.held != \"yes\").message'

Exit codes: 0 all hold; 1 one does not, or it can't be judged; 2 the command line is wrong.")]
    Ways {
        #[command(flatten)]
        of: Of,
    },
}

/// What is explained
#[derive(Debug, clap::Args)]
struct Of {
    /// The environment, or `foundation`
    #[arg(
        short,
        long,
        value_name = "NAME",
        env = "DRIFTLESS_ENV",
        hide_env_values = true,
        required_unless_present = "plan"
    )]
    env: Option<String>,

    /// Read the root of this bundle [default: nix/rendered in the project]
    #[arg(long, value_name = "DIR", conflicts_with = "plan")]
    bundle: Option<PathBuf>,

    /// Read this plan instead, as `terraform show -json` prints it
    #[arg(long, value_name = "FILE", conflicts_with = "env")]
    plan: Option<PathBuf>,

    /// Number of the AWS account, which a root does not say
    #[arg(long, value_name = "ID")]
    account: Option<String>,

    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document<T> {
    verdict: T,
}

#[derive(Serialize)]
struct Needs {
    lacking: Vec<Lack>,
}

#[derive(Serialize)]
struct Ways {
    ways: Vec<Finding>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Reach { from, to, of } => {
            let verdict = reach::reach(&of.described()?.network, from, to)?;
            let yes = verdict.answer == Answer::Yes;
            of.answer(yes, &verdict.to_string(), &verdict)
        }
        Command::Access { role, action, resource, of } => {
            let question = Question { role, action, resource, ..Question::default() };
            let verdict = of.described()?.account.may(&question)?;
            of.answer(verdict.outcome == Outcome::Allowed, &words(&verdict), &verdict)
        }
        Command::Needs { of } => {
            let needs = Needs { lacking: of.described()?.lacking() };
            let lines = needs.lacking.iter().map(|lack| format!("{}: {}: {}", lack.service, lack.need, lack.message));
            let text = lines.collect::<Vec<_>>().join("\n");
            let none = needs.lacking.is_empty();
            of.answer(none, if none { "nothing is lacking" } else { &text }, &needs)
        }
        Command::Ways { of } => {
            let ways = Ways { ways: of.ways()? };
            let all = ways.ways.iter().all(|finding| finding.held == Held::Yes);
            let lines: Vec<_> = ways.ways.iter().map(|finding| finding.message.as_str()).collect();
            let text = if lines.is_empty() { "infra.nix says nothing of ways".to_owned() } else { lines.join("\n") };
            of.answer(all, &text, &ways)
        }
    }
}

/// What decides first, then what else there is to say.
fn words(verdict: &access::Verdict) -> String {
    let deciding = verdict.deciding.iter().map(|it| format!("  by {it}"));
    let notes = verdict.notes.iter().map(|note| format!("  {note}"));
    let mut lines = vec![verdict.message.clone()];
    lines.extend(deciding.chain(notes));
    lines.join("\n")
}

impl Of {
    fn described(&self) -> anyhow::Result<Described> {
        let Some(plan) = &self.plan else {
            let path = self.root()?;
            let root = read(&path)?;
            return from_config(&root, self.account.as_deref())
                .with_context(|| format!("reading `{}`", path.display()));
        };
        let described = from_plan(&read(plan)?).with_context(|| format!("reading `{}`", plan.display()));
        described.hint("a plan is read as JSON: `terraform show -json PLAN`")
    }

    fn ways(&self) -> anyhow::Result<Vec<Finding>> {
        hint::ensure!(self.plan.is_none(), "a plan does not say what infra.nix wants", hint = "name the environment");
        let stack = match &self.bundle {
            Some(bundle) => Stack::read(&bundle.join(model::bundle::STACK))?,
            None => Project::here()?.stack,
        };
        let environment = stack.environment(self.env.as_deref().unwrap_or_default())?;
        let network = self.described()?.network;
        let judged = |(kind, text)| Ok(Assertion::parse(kind, text)?.judge(&network)?);
        wanted(&environment.never, &environment.must).map(judged).collect()
    }

    fn root(&self) -> anyhow::Result<PathBuf> {
        let name = self.env.as_deref().unwrap_or_default();
        let roots = roots::directory(self.bundle.as_deref())?;
        let path = roots.join(name).join("config.tf.json");
        if !path.is_file() {
            let names = roots::names(&roots);
            return Err(Unknown::new("root", name, "the rendered ones", names.iter().map(String::as_str)).into());
        }
        Ok(path)
    }

    fn answer(&self, yes: bool, text: &str, verdict: &impl Serialize) -> anyhow::Result<ExitCode> {
        if self.json {
            print_json(SCHEMA, &Document { verdict })?;
        } else {
            print(text)?;
        }
        Ok(if yes { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn read(path: &Path) -> anyhow::Result<Value> {
    let text = fs::read(path).with_context(|| format!("reading `{}`", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("reading `{}`", path.display()))
}

//! What these commands are told.
#![cfg_attr(not(feature = "aws"), allow(dead_code, reason = "read by the commands, which this build is without"))]

use std::path::PathBuf;

use jiff::Timestamp;

/// Which environment
#[derive(Clone, Debug, Default, clap::Args)]
pub(in crate::command) struct Where {
    /// The environment [default: the only one there is]
    #[arg(short, long, value_name = "NAME", env = "DRIFTLESS_ENV", hide_env_values = true)]
    pub(super) env: Option<String>,

    /// A bundle, whose stack and images count [default: the project's stack, and what ECS was asked to run]
    #[arg(long, value_name = "DIR")]
    pub(super) bundle: Option<PathBuf>,
}

/// Follow a deployment until it is live, or is not
///
/// Follows the newest deployment of each service, whoever began it, and tells what happens: tasks that start, serve or
/// fail, with the reason in plain words and the last lines that they wrote. A deployment that can't succeed is stopped,
/// and ECS goes back to what ran before. It is live when the new image runs at the desired count, the old tasks are gone,
/// and the load balancer answers.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  driftless watch -e dev
  driftless watch -e prod --timeout 30 --attempts 5
  driftless watch -e dev --json | jq -r 'select(.type == \"event\") | .words'

Exit codes: 0 live; 1 it could not be found out; 2 the command line is wrong; 3 failed and rolled back; 4 failed and needs
a person, superseded, at zero tasks, or not known in time; 130 interrupted: the deployment goes on.")]
pub(in crate::command) struct Watch {
    #[command(flatten)]
    pub(super) place: Where,

    /// Minutes that the deployment may take; then it is stopped
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=1440))]
    pub(super) timeout: u64,

    /// Failed tasks that end it; two are enough where the next would fail for sure
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = attempts)]
    pub(super) attempts: usize,

    /// Print each event, and the verdict, as JSON in a line
    #[arg(long)]
    pub(super) json: bool,
}

fn attempts(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| (1..=100).contains(count)).ok_or_else(|| "not a number from 1 to 100".into())
}

/// Run a command once, in a task of its own
///
/// Starts a task from the service's task definition, with the same image, settings, secrets and network, but with this
/// command. Shows what it writes, and exits with its exit code. Control-C stops the task.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  driftless run -e dev backend -- /bin/app migrate
  driftless run -e prod backend -- /bin/app healthcheck

Exit codes: the command's own; 1 also if the task could not be started; 130 interrupted, and the task was stopped.")]
pub(in crate::command) struct Run {
    #[command(flatten)]
    pub(super) place: Where,

    /// The service
    pub(super) service: String,

    /// Program and arguments, as in the image: there is no shell [default: what the service runs]
    #[arg(last = true, value_name = "COMMAND")]
    pub(super) command: Vec<String>,
}

/// Stop deployments that are under way, and go back
///
/// Asks ECS to stop the newest deployment of each service, if it is under way, and waits until what ran before runs
/// again. The first deployment of a service has nothing to go back to and is only stopped.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  driftless abort -e dev

Exit codes: 0 stopped, or there was nothing to stop; 1 ECS refused or could not be asked; 2 the command line is wrong; 4 a
person has to look.")]
pub(in crate::command) struct Abort {
    #[command(flatten)]
    pub(super) place: Where,
}

/// What `logs --env` is told.
pub(in crate::command) struct LogsArgs<'a> {
    pub(in crate::command) environment: &'a str,
    pub(in crate::command) services: &'a [String],
    pub(in crate::command) follow: bool,
    pub(in crate::command) since: Option<Timestamp>,
    pub(in crate::command) tail: Option<usize>,
    pub(in crate::command) filter: Option<&'a str>,
    pub(in crate::command) json: bool,
}

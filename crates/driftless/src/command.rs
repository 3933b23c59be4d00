//! The command line: one module per command.

#[cfg(feature = "aws")]
mod ask;
#[cfg(feature = "aws")]
mod aws;
#[cfg(not(feature = "aws"))]
#[path = "command/without_aws.rs"]
mod aws;
mod bundle;
mod completions;
mod conform;
mod cost;
mod data;
mod down;
mod environment;
mod exit;
mod explain;
mod image;
mod logs;
#[cfg(test)]
#[cfg(feature = "aws")]
mod mentions;
mod open;
#[cfg(feature = "registry")]
mod push;
mod roots;
mod show;
mod status;
mod trace;
#[cfg(feature = "registry")]
mod transfer;
mod up;
#[cfg(not(feature = "registry"))]
mod without_registry;
#[cfg(test)]
#[cfg(feature = "aws")]
mod wording;

use std::{env, path::PathBuf, process::ExitCode};

use clap::{
    ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand,
    error::{ContextKind, ContextValue},
};
use engine;
use hint::ErrorReport;
use model::{palette::Palette, project, text::harmless_lines};
use tracing::Level;

#[cfg(not(feature = "registry"))]
use self::without_registry as push;

/// From source to running containers on AWS, without drift.
#[derive(Debug, Parser)]
#[command(name = "driftless", version, arg_required_else_help = true, after_long_help = environment::help())]
struct Cli {
    #[command(flatten)]
    verbosity: trace::Verbosity,

    // The variable is read in `main`: as an empty one it counts as not set.
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help_heading = trace::GLOBAL,
        help = "Project directory [default: .] [env: DRIFTLESS_PROJECT]"
    )]
    project: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Up(up::Args),
    Down(down::Args),
    Status(status::Args),
    Logs(logs::Args),
    Open(open::Args),
    #[command(flatten)]
    Aws(aws::Command),
    Bundle(bundle::Args),
    Push(push::Args),
    Image(image::Args),
    Conform(conform::Args),
    Cost(cost::Args),
    Explain(explain::Args),
    Completions(completions::Args),
    Man(completions::ManArgs),
    #[command(name = ENGINE, hide = true)]
    Engine(up::EngineArgs),
    #[command(name = engine::TASK_INIT, hide = true)]
    TaskInit(TaskInitArgs),
    /// Judge requests to a simulated account, a line of JSON each
    #[command(name = JUDGE, hide = true)]
    Judge,
}

/// The commands of [`aws`], which a build without the feature lists, too.
#[cfg_attr(feature = "aws", cfg(test))]
const AWS_VERBS: [&str; 21] = [
    "bootstrap",
    "doctor",
    "rehearse",
    "plan",
    "apply",
    "deploy",
    "watch",
    "abort",
    "releases",
    "rollback",
    "promote",
    "diff",
    "drift",
    "verify",
    "scale",
    "pause",
    "resume",
    "run",
    "secrets",
    "unlock",
    "destroy",
];

/// Hidden: the judge of a simulated account.
const JUDGE: &str = "judge";

/// Hidden: the process of `up --detach`.
const ENGINE: &str = "engine";

/// Make a sandbox and become a task in it
#[derive(Debug, clap::Args)]
struct TaskInitArgs {
    /// The namespaces are there already
    #[arg(long)]
    inside: bool,
}

/// Runs the command that the process's arguments name.
///
/// Exit codes: 0 success, 1 the command said no or could not do it, 2 the command line is wrong.
pub fn main() -> ExitCode {
    let matches = Cli::command().try_get_matches().unwrap_or_else(|error| usage(error).exit());
    let name = words(&matches);
    let Cli { verbosity, project: directory, command } =
        Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let chosen = || env::var_os(environment::PROJECT).filter(|directory| !directory.is_empty());
    directory.or_else(|| chosen().map(PathBuf::from)).into_iter().for_each(project::choose);
    let result = verbosity.start(command.least()).and_then(|()| trace::traced(&name, || run(command)));
    result.unwrap_or_else(|error| {
        let report = ErrorReport::of(&error).to_string();
        eprintln!("{} {}", Palette::stderr().bad("error:"), harmless_lines(&report));
        exit::of(&error)
    })
}

/// The same error with the usage of its command as `--help` has it: clap adds options whose environment variables are set, as
/// if they were required.
fn usage(mut error: clap::Error) -> clap::Error {
    if error.get(ContextKind::Usage).is_some() {
        let mut cli = Cli::command();
        cli.build();
        let mut command = &mut cli;
        for word in env::args().skip(1) {
            if command.find_subcommand(&word).is_some() {
                command = command.find_subcommand_mut(&word).expect("it was just found");
            }
        }
        let usage = command.render_usage();
        error.insert(ContextKind::Usage, ContextValue::StyledStr(usage));
    }
    error
}

/// The command's name and those of its subcommands: `secrets set`.
fn words(matches: &ArgMatches) -> String {
    let below = std::iter::successors(matches.subcommand(), |(_, matches)| matches.subcommand());
    below.map(|(name, _)| name).collect::<Vec<_>>().join(" ")
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Up(args) => up::run(&args),
        Command::Down(args) => down::run(&args),
        Command::Status(args) => status::run(&args),
        Command::Logs(args) => logs::run(&args),
        Command::Open(args) => open::run(&args),
        Command::Aws(command) => aws::run(&command),
        Command::Bundle(args) => bundle::run(&args),
        Command::Push(args) => push::run(&args),
        Command::Image(args) => image::run(&args),
        Command::Conform(args) => conform::run(&args),
        Command::Cost(args) => cost::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => completions::man(&args),
        Command::Engine(args) => up::run_engine(&args),
        Command::TaskInit(args) => engine::task_init(args.inside),
        Command::Judge => {
            judge::serve(std::io::stdin().lock(), std::io::stdout().lock())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl Command {
    /// What is logged without being asked for: of the engine, what goes wrong beside the commands, such as a log that
    /// cannot be written.
    fn least(&self) -> Level {
        match self {
            Self::Engine(_) => Level::INFO,
            Self::Up(_) => Level::WARN,
            _ => Level::ERROR,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without_example(command: &clap::Command, found: &mut Vec<String>) {
        let shown = |command: &&clap::Command| !command.is_hide_set() && command.get_name() != "help";
        for command in command.get_subcommands().filter(shown) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            if !command.has_subcommands() && !help.contains("Example") {
                found.push(command.get_name().to_owned());
            }
            without_example(command, found);
        }
    }

    #[test]
    #[cfg(feature = "aws")]
    fn a_build_without_aws_knows_its_commands_by_name() {
        let with = aws::Command::augment_subcommands(clap::Command::new("driftless"));
        let mut names: Vec<_> = with.get_subcommands().map(clap::Command::get_name).collect();
        let mut listed = AWS_VERBS.to_vec();
        names.sort_unstable();
        listed.sort_unstable();
        assert_eq!(listed, names);
    }

    #[test]
    fn no_option_is_defined_twice() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        let mut found = Vec::new();
        without_example(&Cli::command(), &mut found);
        assert_eq!(found, Vec::<String>::new());
    }
}

//! The command line: one module per command.

#[cfg(feature = "aws")]
mod ask;
mod bundle;
mod cloud;
mod completions;
mod cost;
mod down;
mod exit;
mod image;
mod logs;
mod open;
mod print;
mod push;
mod remote;
mod status;
mod transfer;
mod up;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{hint::Told, local};

/// From source to running containers on AWS, without drift.
#[derive(Debug, Parser)]
#[command(name = "driftless", version, arg_required_else_help = true)]
struct Cli {
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
    Cloud(cloud::Command),
    #[command(flatten)]
    Remote(remote::Command),
    Bundle(bundle::Args),
    Push(push::Args),
    Image(image::Args),
    Cost(cost::Args),
    Completions(completions::Args),
    Man(completions::ManArgs),
    #[command(name = ENGINE, hide = true)]
    Engine(up::EngineArgs),
    #[command(name = local::TASK_INIT, hide = true)]
    TaskInit(TaskInitArgs),
}

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
    let result = match Cli::parse().command {
        Command::Up(args) => up::run(&args),
        Command::Down(args) => down::run(&args),
        Command::Status(args) => status::run(&args),
        Command::Logs(args) => logs::run(&args),
        Command::Open(args) => open::run(&args),
        Command::Cloud(command) => cloud::run(&command),
        Command::Remote(command) => remote::run(&remote::Ask::Command(&command)),
        Command::Bundle(args) => bundle::run(&args),
        Command::Push(args) => push::run(&args),
        Command::Image(args) => image::run(&args),
        Command::Cost(args) => cost::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => completions::man(&args),
        Command::Engine(args) => up::run_engine(&args),
        Command::TaskInit(args) => local::task_init(args.inside),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {}", Told::of(&error));
        exit::of(&error)
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

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
    fn every_command_shows_an_example() {
        let mut found = Vec::new();
        without_example(&Cli::command(), &mut found);
        assert_eq!(found, Vec::<String>::new());
    }
}

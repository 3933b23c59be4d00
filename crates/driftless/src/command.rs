//! The command line: one module per command.

mod bundle;
mod down;
mod image;
mod logs;
mod open;
mod status;
mod up;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    Bundle(bundle::Args),
    Image(image::Args),
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
        Command::Bundle(args) => bundle::run(&args),
        Command::Image(args) => image::run(&args),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

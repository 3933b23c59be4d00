//! `check-config`: prints the settings, or everything that is wrong with them.

use std::process::ExitCode;

use clap::{ArgMatches, Command, parser::ValueSource};
use service::process;

use crate::{App, Settings};

/// Checks what parsing could not, and prints each setting under its variable's name with where it is from.
pub(super) fn run(settings: &Settings, command: &Command, matches: &ArgMatches) -> ExitCode {
    let log = process::start_log(settings.listen.log_format, &settings.listen.log_filter);
    let checks = [log, App::new(&settings.backend).map(drop)];
    let faults: Vec<String> = checks.into_iter().filter_map(|check| Some(format!("{:#}", check.err()?))).collect();
    if !faults.is_empty() {
        return report(&faults);
    }
    if let Some((name, matches)) = matches.subcommand() {
        let command = command.find_subcommand(name).expect("the matches are of this command");
        print(command, matches);
    }
    ExitCode::SUCCESS
}

/// Prints every fault.
pub(super) fn report(faults: &[String]) -> ExitCode {
    for fault in faults {
        eprintln!("error: {fault}");
    }
    eprintln!("hint: `frontend serve --help` describes each setting");
    ExitCode::FAILURE
}

fn print(command: &Command, matches: &ArgMatches) {
    for argument in command.get_arguments() {
        let id = argument.get_id().as_str();
        let (Some(name), Some(mut values)) = (argument.get_env(), matches.get_raw(id)) else { continue };
        let source = match matches.value_source(id) {
            Some(ValueSource::CommandLine) => "flag",
            Some(ValueSource::EnvVariable) => "environment",
            _ => "default",
        };
        let value = values.next().unwrap_or_default().to_string_lossy();
        println!("{}={value}  # {source}", name.to_string_lossy());
    }
}

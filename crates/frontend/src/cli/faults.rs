//! Every fault of the settings, where clap stops at the first.

use std::ffi::OsString;

use clap::{
    Command,
    builder::OsStringValueParser,
    error::{ContextKind, ContextValue, ErrorKind},
};

/// Whether a setting's value is at fault, rather than the shape of the command line.
pub(super) fn concern_values(error: &clap::Error) -> bool {
    matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue)
}

/// Parses again and again, each time without the check that failed before.
pub(super) fn all(mut command: Command, arguments: &[OsString]) -> Vec<String> {
    let mut faults = Vec::new();
    // Each round takes away one check, so there are fewer rounds than settings.
    while let Err(error) = command.clone().try_get_matches_from(arguments) {
        let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { break };
        let argument = argument.clone();
        faults.push(sentence(&error));
        let Some(lenient) = without_check(command.clone(), &argument) else { break };
        command = lenient;
    }
    faults
}

/// The first paragraph of clap's message, without its `error: `.
fn sentence(error: &clap::Error) -> String {
    let text = error.to_string();
    let first = text.split("\n\n").next().unwrap_or_default().trim();
    first.strip_prefix("error: ").unwrap_or(first).replace('\n', " ")
}

/// `argument` as clap shows it: `--port <PORT>`.
fn without_check(command: Command, argument: &str) -> Option<Command> {
    let found = command.get_subcommands().find_map(|subcommand| {
        let setting = subcommand.get_arguments().find(|known| known.to_string() == argument)?;
        Some((subcommand.get_name().to_owned(), setting.get_id().clone()))
    });
    let (_, setting) = found?;
    let names: Vec<_> = command.get_subcommands().map(|subcommand| subcommand.get_name().to_owned()).collect();
    Some(names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, |subcommand| {
            let has = subcommand.get_arguments().any(|known| *known.get_id() == setting);
            if !has {
                return subcommand;
            }
            subcommand.mut_arg(setting.clone(), |arg| arg.value_parser(OsStringValueParser::new()))
        })
    }))
}

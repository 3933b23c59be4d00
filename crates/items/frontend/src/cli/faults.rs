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
    while let Err(error) = command.clone().try_get_matches_from(arguments) {
        let fault = sentence(&error);
        // Each round takes away one check; a fault that comes back would come back for ever.
        if faults.contains(&fault) {
            break;
        }
        faults.push(fault);
        let Some(ContextValue::String(shown)) = error.get(ContextKind::InvalidArg) else { break };
        let Some(lenient) = without_check(command, shown) else { break };
        command = lenient;
    }
    faults
}

/// The first paragraph of clap's message, without its `error: `.
fn sentence(error: &clap::Error) -> String {
    let text = error.to_string();
    let first = text.split("\n\n").next().unwrap_or_default().trim();
    first.strip_prefix("error: ").unwrap_or(first).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `shown` is the setting as clap shows it: `--port <PORT>`.
fn without_check(command: Command, shown: &str) -> Option<Command> {
    let long = shown.split(' ').next()?.strip_prefix("--")?;
    Some(command.mut_subcommands(|subcommand| {
        let setting = subcommand.get_arguments().find(|setting| setting.get_long() == Some(long));
        let Some(id) = setting.map(|setting| setting.get_id().clone()) else { return subcommand };
        subcommand.mut_arg(id, |setting| setting.value_parser(OsStringValueParser::new()))
    }))
}

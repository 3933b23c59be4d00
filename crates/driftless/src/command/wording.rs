//! The words of help texts: those of CONTRIBUTING.md, and each of them once.

use std::{fs, path::Path};

use clap::CommandFactory;

use super::Cli;

/// Of the words that CONTRIBUTING.md asks to avoid, those that mean nothing else in a help text.
const AVOIDED: [&str; 14] = [
    "any more",
    "as ever",
    "by itself",
    "gives the lock back",
    "goes on",
    "left behind",
    "of its own",
    "somebody",
    "nobody",
    "whoever",
    "take the lock",
    "tells of",
    "that there is",
    "under way",
];

fn each(command: &clap::Command, name: &str, see: &mut impl FnMut(&str, &clap::Command)) {
    see(name, command);
    for command in command.get_subcommands() {
        each(command, &format!("{name} {}", command.get_name()), see);
    }
}

#[test]
fn help_avoids_the_words_that_the_glossary_avoids() {
    let mut found = Vec::new();
    each(&Cli::command(), "driftless", &mut |name, command| {
        let help = command.clone().render_long_help().to_string();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        found.extend(AVOIDED.iter().filter(|word| help.contains(**word)).map(|word| format!("{name}: {word}")));
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn apps_of_the_flake_say_of_themselves_what_the_commands_do() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../nix/apps.nix");
    let text = fs::read_to_string(file).unwrap();
    let mut described = 0;
    for command in Cli::command().get_subcommands() {
        let (name, about) = (command.get_name(), command.get_about().unwrap().to_string());
        let says = text.lines().find_map(|line| line.strip_prefix("      ")?.strip_prefix(name)?.strip_prefix(" = \""));
        let Some(says) = says else { continue };
        assert_eq!(says.trim_end_matches("\";"), about, "`{name}` in nix/apps.nix");
        described += 1;
    }
    assert!(described > 20, "{described}");
}

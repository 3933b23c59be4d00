//! Commands that documents, messages and modules name must exist, and so must their options.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::CommandFactory;

use super::Cli;

/// Files that speak to people: documentation, sources with their messages, modules, templates, workflows.
fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            let theirs = ["target", "node_modules", ".git", ".driftless", "snapshots", "decisions"];
            if !theirs.contains(&&*name) {
                files(&path, found);
            }
        } else if path.extension().is_some_and(|it| ["md", "rs", "nix", "yml", "txt"].iter().any(|known| it == *known))
        {
            found.push(path);
        }
    }
}

/// What follows `driftless ` where it is code: after a back-tick, or at the beginning of an indented or fenced line.
fn mentions(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        // The examples of a help text stand two spaces in; deeper in sources are broken string literals.
        let code = line
            .strip_prefix("  driftless ")
            .or_else(|| line.trim_start_matches([' ', '$']).strip_prefix("driftless "));
        if let Some(command) = code.filter(|it| !it.starts_with("->") && !line.starts_with("    ")) {
            found.push(command.split('`').next().unwrap_or_default().to_owned());
        }
        for code in line.split('`').skip(1).step_by(2) {
            let command = code.strip_prefix("driftless ").or_else(|| code.split(" driftless -- ").nth(1));
            found.extend(command.map(str::to_owned));
        }
    }
    found
}

/// The words of a command up to what a shell or a reader takes for something else.
fn words(command: &str) -> Vec<&str> {
    let ends = ["  ", " | ", " && ", " > ", " # ", ";", "\\", " -- "];
    let end = ends.iter().filter_map(|end| command.find(end)).min().unwrap_or(command.len());
    command[..end].split_whitespace().collect()
}

/// Why there is no such command; none if there is, or if these words are prose.
fn fault(command: &str) -> Option<String> {
    let cli = Cli::command();
    let mut at = &cli;
    let mut words = words(command).into_iter().peekable();
    let plain = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    while let Some(word) = words.next_if(|word| at.has_subcommands() && plain(word) && !word.starts_with('-')) {
        if word == "help" {
            return None;
        }
        match at.find_subcommand(word) {
            Some(found) => at = found,
            None => return Some(format!("there is no command `{word}`")),
        }
    }
    let long = |name: &str| cli.get_arguments().chain(at.get_arguments()).any(|it| it.get_long() == Some(name));
    let short = |name: char| cli.get_arguments().chain(at.get_arguments()).any(|it| it.get_short() == Some(name));
    for word in words {
        let known = if let Some(name) = word.strip_prefix("--") {
            let name = name.split(|c: char| !c.is_ascii_lowercase() && c != '-').next().unwrap_or_default();
            name.is_empty() || ["help", "version"].contains(&name) || long(name)
        } else if let Some(name) = word.strip_prefix('-').and_then(|it| it.chars().next()) {
            ['h', 'V'].contains(&name) || short(name)
        } else {
            true
        };
        if !known {
            return Some(format!("`{}` has no `{word}`", at.get_name()));
        }
    }
    None
}

#[test]
fn commands_are_told_from_prose_and_judged() {
    let text = "Then `driftless deploy -e dev`, or\n  driftless plan --out DIR && driftless apply DIR\nthe driftless way\n         driftless --features x";
    assert_eq!(mentions(text), ["deploy -e dev", "plan --out DIR && driftless apply DIR"]);
    for good in
        ["image build --help", "logs --json | jq .", "scale SERVICE=N -e {0}", "run -e dev backend -- app --all"]
    {
        assert_eq!(fault(good), None, "{good}");
    }
    for bad in ["secret set", "rehearsal", "image pack", "deploy --now", "promote dev prod -e dev"] {
        assert!(fault(bad).is_some(), "{bad}");
    }
}

#[test]
fn every_command_that_is_named_somewhere_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = vec![root.join("README.md"), root.join("CONTRIBUTING.md"), root.join("CHANGELOG.md")];
    for directory in ["crates", "docs", "nix", "rehearsal", "templates", ".github"] {
        files(&root.join(directory), &mut paths);
    }
    assert!(paths.len() > 300, "{} files", paths.len());
    let mut faults = Vec::new();
    for path in paths.iter().filter(|path| !path.ends_with("command/mentions.rs")) {
        let text = fs::read_to_string(path).unwrap();
        for command in mentions(&text) {
            let shown = path.strip_prefix(&root).unwrap().display();
            faults.extend(fault(&command).map(|fault| format!("{shown}: `driftless {command}`: {fault}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

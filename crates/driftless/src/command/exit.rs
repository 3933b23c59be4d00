//! What commands exit with: [`model::exit::Exit`] has the numbers, the help of each command those that it ends with, and
//! docs/exit-codes.md is made of both.

use std::process::ExitCode;

use model::{exit::Exit, unknown::Unknown};

use super::aws;

/// What a command that failed exits with.
pub(super) fn of(error: &anyhow::Error) -> ExitCode {
    let is_unknown = hint::find::<Unknown>(error).is_some();
    if is_unknown { Exit::Usage } else { aws::exit(error) }.into()
}

#[cfg(all(test, feature = "aws"))]
mod tests {
    use std::{collections::BTreeMap, env, fmt::Write, fs, path::Path};

    use clap::CommandFactory;
    use model::exit::Exit;

    use crate::command::Cli;

    /// Where the codes begin in a help text.
    const MARK: &str = "Exit codes: ";

    /// What each command says of its codes.
    fn said(command: &clap::Command, name: &str, found: &mut BTreeMap<String, Option<String>>) {
        for command in
            command.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help")
        {
            let name = format!("{name} {}", command.get_name());
            if command.has_subcommands() {
                said(command, &name, found);
                continue;
            }
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let codes = help.split_once(MARK).map(|(_, codes)| codes.split_whitespace().collect::<Vec<_>>().join(" "));
            found.insert(name, codes);
        }
    }

    /// The numbers of a text such as `0 done; 1 not done`.
    fn numbers(codes: &str) -> Vec<u8> {
        let parts = codes.split([';', ',']).map(str::trim);
        parts.filter_map(|part| part.split(' ').next()?.parse().ok()).collect()
    }

    fn page() -> String {
        let mut text = "# Exit codes\n\nA number means one thing, whichever command ends with it. \
                        [operating.md](operating.md#verdicts-and-exit-codes) has the verdicts behind 3 and 4.\n\n| code | \
                        meaning |\n|---|---|\n"
            .to_owned();
        for exit in Exit::ALL {
            let _ = writeln!(text, "| {} | {} |", exit.code(), exit.meaning());
        }
        text += "\n## By command\n\nEvery command ends with 0, 1 and 2, and with 130 at Control-C. What is more to say of them, and \
                 the others:\n\n| command | codes |\n|---|---|\n";
        let mut found = BTreeMap::new();
        said(&Cli::command(), "driftless", &mut found);
        for (command, codes) in found {
            if let Some(codes) = codes {
                let _ = writeln!(text, "| `{command}` | {} |", codes.trim_end_matches('.').replace('|', "\\|"));
            }
        }
        text
    }

    #[test]
    fn each_code_that_a_help_names_is_one_of_the_table() {
        let mut found = BTreeMap::new();
        said(&Cli::command(), "driftless", &mut found);
        for (command, codes) in found.iter().filter_map(|(command, codes)| Some((command, codes.as_ref()?))) {
            // That of `run` is the code of what it runs.
            for number in numbers(codes) {
                assert!(Exit::ALL.iter().any(|exit| exit.code() == number), "`{command}`: {number}");
            }
            let is_first = command == "driftless run" || numbers(codes).first() == Some(&0);
            assert!(is_first, "`{command}` says first what 0 is: {codes}");
        }
    }

    #[test]
    fn the_page_of_exit_codes_is_made_of_the_table_and_the_help() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/exit-codes.md");
        if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
            fs::write(&path, page()).unwrap();
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(text == page(), "docs/exit-codes.md is not what the help says: INSTA_UPDATE=always writes it");
    }
}

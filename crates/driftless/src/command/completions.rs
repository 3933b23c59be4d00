//! `driftless completions` and `driftless man`

use std::{fs, io, path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::{Shell, generate};

use super::{Cli, show::print_as_is};

/// Print what a shell needs to complete this program's commands
///
/// Commands and options, not names of environments, services and releases: what completes those in clap is not stable yet.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless completions bash > ~/.local/share/bash-completion/completions/driftless
  driftless completions zsh > ~/.zfunc/_driftless
  driftless completions fish > ~/.config/fish/completions/driftless.fish")]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

/// Write the manual pages, one for each command
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  driftless man --out ~/.local/share/man/man1 && man driftless-deploy")]
pub(super) struct ManArgs {
    /// Directory that they go to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "driftless", &mut script);
    print_as_is(String::from_utf8(script).context("writing the completions")?.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn man(args: &ManArgs) -> anyhow::Result<ExitCode> {
    let mut cli = Cli::command();
    // Names its parts after the whole: `driftless-deploy`.
    cli.build();
    let doing = || format!("writing the manual pages to `{}`", args.out.display());
    fs::create_dir_all(&args.out).with_context(doing)?;
    write(&cli, "driftless", args).with_context(doing)?;
    for command in cli.get_subcommands().filter(|command| !command.is_hide_set()) {
        write(command, &format!("driftless-{}", command.get_name()), args).with_context(doing)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn write(command: &clap::Command, name: &str, args: &ManArgs) -> io::Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).title(name.to_uppercase()).render(&mut page)?;
    fs::write(args.out.join(format!("{name}.1")), page)
}

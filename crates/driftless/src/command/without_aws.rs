//! The commands that act on an AWS account, in a build without the feature `aws`: they say how to get one that has it.

#[cfg(feature = "registry")]
use std::sync::Arc;
use std::{ffi::OsString, process::ExitCode};

use clap::{Arg, ArgMatches, FromArgMatches, Subcommand};
use jiff::Timestamp;
use model::exit::Exit;
#[cfg(feature = "registry")]
use model::stack::Stack;
#[cfg(feature = "registry")]
use registry::{Endpoint, Login, signing::Signer};

use super::{AWS_VERBS, show::Painter};

/// What was asked for; its arguments do not matter.
#[derive(Debug)]
pub(super) struct Command(String);

impl Subcommand for Command {
    fn augment_subcommands(command: clap::Command) -> clap::Command {
        let verb = |name: &'static str| {
            let arguments = Arg::new("arguments").num_args(..).trailing_var_arg(true).allow_hyphen_values(true);
            let arguments = arguments.value_parser(clap::value_parser!(OsString));
            clap::Command::new(name).disable_help_flag(true).hide(true).arg(arguments)
        };
        let mut more = format!("Commands for AWS, in a build with the feature `aws`: {}", AWS_VERBS.join(", "));
        if cfg!(not(feature = "registry")) {
            more.push_str(
                "\nFor registries, in a build with the feature `registry`: push; image diff, pull, push, sbom, signatures",
            );
        }
        command.after_help(more).subcommands(AWS_VERBS.into_iter().map(verb))
    }

    fn augment_subcommands_for_update(command: clap::Command) -> clap::Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        AWS_VERBS.contains(&name)
    }
}

impl FromArgMatches for Command {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let name = matches.subcommand_name().filter(|name| AWS_VERBS.contains(name));
        name.map(|name| Self(name.to_owned()))
            .ok_or_else(|| clap::Error::new(clap::error::ErrorKind::InvalidSubcommand))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// What `logs --env` is told.
#[expect(dead_code, reason = "this build only refuses")]
pub(super) struct Query<'a> {
    pub(super) environment: &'a str,
    pub(super) services: &'a [String],
    pub(super) follow: bool,
    pub(super) since: Option<Timestamp>,
    pub(super) tail: Option<usize>,
    pub(super) filter: Option<&'a str>,
    pub(super) painter: Painter,
}

pub(super) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    refuse(&command.0)
}

/// `status --env`
pub(super) fn status(_environment: &str, _json: bool) -> anyhow::Result<ExitCode> {
    refuse("status --env")
}

/// `logs --env`
pub(super) fn logs(_query: &Query<'_>) -> anyhow::Result<ExitCode> {
    refuse("logs --env")
}

/// The registry of an account.
#[cfg(feature = "registry")]
#[expect(clippy::unused_async, reason = "it is one with the feature")]
pub(super) async fn registry(_stack: &Stack) -> anyhow::Result<(Endpoint, Arc<dyn Login>, Option<Box<dyn Signer>>)> {
    hint::bail!(
        "this build of `driftless` has no AWS in it, and no other registry was named",
        hint = "`cargo run --release -p driftless --features aws -- push`, or `--registry HOST[/PREFIX]`"
    )
}

/// What a command that failed exits with.
pub(super) fn exit(_error: &anyhow::Error) -> Exit {
    Exit::Failure
}

fn refuse<T>(command: &str) -> anyhow::Result<T> {
    hint::bail!(
        "`driftless {command}` acts on an AWS account, which this build can't: it is small, so that the first `up` is quick",
        hint =
            "`cargo run --release -p driftless --features aws -- {command} …`, or with Nix `nix run . -- {command} …`"
    )
}

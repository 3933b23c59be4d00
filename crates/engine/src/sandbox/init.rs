//! The hidden subcommand that makes sandboxes.

use std::{fs::File, path::PathBuf, process::ExitCode};

use anyhow::Context;
use hint::ErrorReport;

use super::{Mode, Report, Spec, channel::Channel, plain};

/// Name of the hidden subcommand.
pub const ARGUMENT: &str = "task-init";

/// This very program, also after a build has put another file in its place.
pub fn program() -> anyhow::Result<PathBuf> {
    if cfg!(target_os = "linux") {
        return Ok(PathBuf::from("/proc/self/exe"));
    }
    std::env::current_exe().context("looking for this program's own file")
}

/// Runs the hidden subcommand: reads the specification of a task from standard input and carries it out.
///
/// Returns only on failure, or when the task has ended; all of it is in the reports.
pub fn run(inside: bool) -> anyhow::Result<ExitCode> {
    let mut channel = Channel::of_stdin().context("opening the conversation with the engine")?;
    let done = start(&mut channel, inside);
    let Err(error) = done else { return Ok(ExitCode::SUCCESS) };
    // If nobody listens any more, nobody wants this task.
    let _ = channel.send(&Report::Failed(ErrorReport::of(&error)));
    Ok(ExitCode::FAILURE)
}

fn start(channel: &mut Channel, inside: bool) -> anyhow::Result<()> {
    let Some(spec) = channel.receive::<Spec>().context("reading what to run")? else { return Ok(()) };
    rustix::stdio::dup2_stdin(File::open("/dev/null")?).context("closing standard input")?;
    match spec.mode {
        Mode::Plain => plain::become_service(&spec, channel),
        #[cfg(target_os = "linux")]
        _ if inside => super::inside::become_service(&spec, channel),
        #[cfg(target_os = "linux")]
        _ => super::keeper::keep(&spec, channel),
        #[cfg(not(target_os = "linux"))]
        _ => anyhow::bail!("namespaces exist on Linux alone (inside: {inside})"),
    }
}

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

/// The program that starts a task which is set apart as `mode` says.
pub(crate) fn starter(mode: Mode) -> anyhow::Result<PathBuf> {
    match mode {
        // What the service may do it may do to our file, too.
        Mode::Plain => program(),
        #[cfg(target_os = "linux")]
        Mode::UserNamespaces | Mode::Root => super::sealed::program(),
        #[cfg(not(target_os = "linux"))]
        _ => program(),
    }
}

/// Runs the hidden subcommand: reads the specification of a task from standard input and carries it out.
///
/// Returns only on failure, or when the task has ended; all of it is in the reports.
pub fn run(inside: bool) -> anyhow::Result<ExitCode> {
    let mut channel = Channel::of_stdin().context("opening the conversation with the engine")?;
    let report = match start(&mut channel, inside) {
        Ok(report) => report,
        Err(error) => Some(Report::Failed(ErrorReport::of(&error))),
    };
    // If nobody listens any more, nobody wants this task.
    let _ = report.map(|report| channel.send(&report));
    Ok(ExitCode::SUCCESS)
}

fn start(channel: &mut Channel, inside: bool) -> anyhow::Result<Option<Report>> {
    let Some(spec) = channel.receive::<Spec>().context("reading what to run")? else { return Ok(None) };
    rustix::stdio::dup2_stdin(File::open("/dev/null")?).context("closing standard input")?;
    match spec.mode {
        Mode::Plain => plain::become_service(&spec, channel).map(|()| None),
        #[cfg(target_os = "linux")]
        _ if inside => super::inside::run_service(&spec, channel).map(Some),
        #[cfg(target_os = "linux")]
        _ => super::keeper::keep(&spec, channel).map(Some),
        #[cfg(not(target_os = "linux"))]
        _ => anyhow::bail!("namespaces exist on Linux alone (inside: {inside})"),
    }
}

//! The first process in a task's namespaces: makes the rest of the sandbox, then becomes the service.

use std::{fs, fs::File, os::unix::process::CommandExt, process::Command};

use anyhow::Context;
use rustix::{fs::Mode as FileMode, thread::UnshareFlags};

use super::{Mode, Spec, channel::Channel, mounts, privileges};

/// Becomes the service. Returns only on failure, or if `spec` is a trial.
pub(super) fn become_service(spec: &Spec, channel: &mut Channel) -> anyhow::Result<()> {
    privileges::die_with_parent(channel)?;
    // Away from the terminal and its signals.
    rustix::process::setsid().context("making a session")?;
    privileges::unshare(UnshareFlags::NEWNS | UnshareFlags::NEWIPC | UnshareFlags::NEWUTS)
        .context("making namespaces")?;
    rustix::system::sethostname(spec.hostname.as_bytes()).context("setting the host name")?;
    rustix::process::umask(FileMode::from_raw_mode(0o022));
    mounts::enter(&spec.root, spec.data.as_ref())?;
    if spec.mode == Mode::UserNamespaces {
        forbid_user_namespaces();
    }
    rustix::stdio::dup2_stdin(File::open("/dev/null")?).context("opening `/dev/null` as standard input")?;
    privileges::drop_all((spec.mode == Mode::Root).then_some(spec.ids))?;
    // The kernel forgets this when the user changes, so again.
    privileges::die_with_parent(channel)?;
    let Some((program, arguments)) = spec.command.split_first() else { return Ok(()) };
    let error = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(&spec.environment)
        .current_dir(if spec.working_directory.is_empty() { "/" } else { &spec.working_directory })
        .exec();
    Err(error).with_context(|| format!("running `{program}`"))
}

/// A service has no use for namespaces of its own, and attackers do. Fargate does not allow them either.
fn forbid_user_namespaces() {
    // An old kernel does not have the file; the sandbox holds without this.
    let _ = fs::write("/proc/sys/user/max_user_namespaces", "0");
}

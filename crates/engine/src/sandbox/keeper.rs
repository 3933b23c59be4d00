//! The keeper: makes the namespaces that take a process to make, starts the first process in them, and waits for it.

use std::{
    fs, io,
    os::unix::{net::UnixStream, process::CommandExt, process::ExitStatusExt},
    process::{Child, Command, Stdio},
};

use anyhow::Context;
use rustix::{
    event::{PollFd, PollFlags, poll},
    fs::{Mode as FileMode, OFlags},
    io::Errno,
    thread::UnshareFlags,
};

use super::{Mode, Order, Report, Spec, channel::Channel, init, privileges};

/// Carries out `spec`, and says how it ended.
pub(super) fn keep(spec: &Spec, engine: &mut Channel) -> anyhow::Result<Report> {
    privileges::close_descriptors().context("closing file descriptors")?;
    privileges::die_with_parent(engine)?;
    match spec.mode {
        Mode::UserNamespaces => enter_user_namespace(spec.ids)?,
        _ => privileges::unshare(UnshareFlags::NEWPID).context("making a process namespace")?,
    }
    let (mut task, mut channel) = spawn(spec)?;
    silence().context("letting go of the task's output")?;
    pass_on(engine, &mut channel, &mut task)?;
    let report = channel.receive::<Report>().context("waiting for the task's end")?;
    let status = task.wait().context("waiting for the task's process")?;
    // One that was ended says nothing.
    Ok(report.unwrap_or_else(|| {
        status.code().map_or_else(|| Report::Signal(status.signal().unwrap_or_default()), Report::Code)
    }))
}

/// Enters a new user namespace, in which we have every privilege, and a process namespace for our children.
fn enter_user_namespace((uid, gid): (u32, u32)) -> anyhow::Result<()> {
    let (user, group) = (rustix::process::geteuid(), rustix::process::getegid());
    privileges::unshare(UnshareFlags::NEWUSER | UnshareFlags::NEWPID).map_err(explain)?;
    // Without this nobody without privileges may map a group: user_namespaces(7).
    fs::write("/proc/self/setgroups", "deny").context("writing `/proc/self/setgroups`")?;
    fs::write("/proc/self/uid_map", format!("{uid} {} 1", user.as_raw())).context("writing `/proc/self/uid_map`")?;
    fs::write("/proc/self/gid_map", format!("{gid} {} 1", group.as_raw())).context("writing `/proc/self/gid_map`")?;
    privileges::keep_over_exec().context("keeping capabilities for the set-up")
}

/// The errors of unshare(2) say little about who it is that does not allow user namespaces.
fn explain(error: Errno) -> anyhow::Error {
    let setting = match error {
        Errno::NOSPC => "no more are allowed: `user.max_user_namespaces`",
        Errno::PERM | Errno::ACCESS => {
            "not allowed: `kernel.unprivileged_userns_clone`, or a container's or AppArmor's rules"
        }
        _ => return anyhow::Error::new(error).context("making a user namespace"),
    };
    anyhow::anyhow!("making a user namespace: {setting}")
}

fn spawn(spec: &Spec) -> anyhow::Result<(Child, Channel)> {
    let (ours, theirs) = UnixStream::pair()?;
    let task = Command::new(init::program()?)
        .arg0("driftless")
        .args([init::ARGUMENT, "--inside"])
        .env_clear()
        .stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)))
        .spawn()
        .context("starting the task's process")?;
    let mut channel = Channel::new(ours);
    channel.send(spec).context("telling the task's process what to run")?;
    Ok((task, channel))
}

/// Lets go of the service's standard output and error, which end with the service and not with us.
fn silence() -> io::Result<()> {
    let null = rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, FileMode::empty())?;
    rustix::stdio::dup2_stdout(&null)?;
    rustix::stdio::dup2_stderr(&null)?;
    Ok(())
}

/// Passes on what the engine orders until the task has something to say; ends the task when the engine is gone.
fn pass_on(engine: &mut Channel, task: &mut Channel, process: &mut Child) -> anyhow::Result<()> {
    loop {
        let mut fds = [PollFd::new(task.stream(), PollFlags::IN), PollFd::new(engine.stream(), PollFlags::IN)];
        match poll(&mut fds, None) {
            Err(Errno::INTR) => continue,
            other => other.context("waiting for the task")?,
        };
        let (said, ordered) = (!fds[0].revents().is_empty(), !fds[1].revents().is_empty());
        if said {
            return Ok(());
        }
        if ordered {
            match engine.receive::<Order>().unwrap_or_default() {
                // It may have ended in this moment, which the next turn finds out.
                Some(order) => _ = task.send(&order),
                None => return process.kill().context("ending the task"),
            }
        }
    }
}

//! The keeper: makes the namespaces that take a process to make, starts the service's process, and waits for it.

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
    process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal},
    thread::UnshareFlags,
};

use super::{Mode, Order, Report, Spec, channel::Channel, init, privileges};

/// Carries out `spec` and reports how it ended.
pub(super) fn keep(spec: &Spec, engine: &mut Channel) -> anyhow::Result<()> {
    privileges::close_descriptors().context("closing file descriptors")?;
    privileges::die_with_parent(engine)?;
    match spec.mode {
        Mode::UserNamespaces => enter_user_namespace(spec.ids)?,
        _ => privileges::unshare(UnshareFlags::NEWPID).context("making a process namespace")?,
    }
    let (mut service, mut channel) = spawn(spec)?;
    silence().context("letting go of the task's output")?;
    // Ends when the process becomes the service, or when it could not.
    if let Some(report) = channel.receive::<Report>().context("waiting for the service to start")? {
        service.wait().context("waiting for the task's process")?;
        engine.send(&report)?;
        return Ok(());
    }
    let report = wait(&mut service, engine)?;
    // Nobody to tell means that the engine is gone, which is why the service was ended.
    let _ = engine.send(&report);
    Ok(())
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
    let service = Command::new(init::program()?)
        .arg0("driftless")
        .args([init::ARGUMENT, "--inside"])
        .env_clear()
        .stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)))
        .spawn()
        .context("starting the task's process")?;
    let mut channel = Channel::new(ours);
    channel.send(spec).context("telling the task's process what to run")?;
    Ok((service, channel))
}

/// Lets go of the service's standard output and error, which end with the service and not with us.
fn silence() -> io::Result<()> {
    let null = rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, FileMode::empty())?;
    rustix::stdio::dup2_stdout(&null)?;
    rustix::stdio::dup2_stderr(&null)?;
    Ok(())
}

/// Waits for the service to end, passing on what the engine orders; ends it when the engine is gone.
fn wait(service: &mut Child, engine: &mut Channel) -> anyhow::Result<Report> {
    let pid = Pid::from_child(service);
    let process = pidfd_open(pid, PidfdFlags::empty()).context("opening the task's process")?;
    loop {
        let mut fds = [PollFd::new(&process, PollFlags::IN), PollFd::new(engine.stream(), PollFlags::IN)];
        match poll(&mut fds, None) {
            Err(Errno::INTR) => continue,
            other => other.context("waiting for the task")?,
        };
        let (ended, spoken) = (!fds[0].revents().is_empty(), !fds[1].revents().is_empty());
        if ended {
            break;
        }
        if spoken {
            // It may have ended in this moment, which the next turn finds out.
            let _ = pidfd_send_signal(&process, signal(engine.receive::<Order>().unwrap_or_default()));
        }
    }
    let status = service.wait().context("waiting for the service")?;
    Ok(status.code().map_or_else(|| Report::Signal(status.signal().unwrap_or_default()), Report::Code))
}

fn signal(order: Option<Order>) -> Signal {
    match order {
        Some(Order::Stop) => Signal::TERM,
        // The engine is gone.
        None => Signal::KILL,
    }
}

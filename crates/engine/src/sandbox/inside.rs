//! The first process in a task's namespaces: makes the rest of the sandbox, starts the service in it, and ends with it.
//!
//! The kernel ends every process of the namespace with this one, and the service can neither signal nor change it: what
//! a service starts, or asks of the kernel for itself, does not outlive the task.

use std::{
    fs,
    os::unix::process::CommandExt,
    process::{Command, exit},
    thread,
};

use anyhow::Context;
use rustix::{
    fs::Mode as FileMode,
    io::Errno,
    process::{DumpableBehavior, Pid, Signal, WaitOptions, kill_process, set_dumpable_behavior, wait},
    thread::UnshareFlags,
};

use super::{Mode, Order, Report, Spec, channel::Channel, mounts, network, privileges, syscalls};

/// Runs the service to its end. If `spec` is a trial, the sandbox is made, and left.
pub(super) fn run_service(spec: &Spec, keeper: &mut Channel) -> anyhow::Result<Report> {
    let network = enter(spec, keeper)?;
    let Some(service) = start(spec)? else { return Ok(Report::Code(0)) };
    if let Some(network) = network {
        thread::spawn(move || network.answer());
    }
    let orders = keeper.try_clone().context("listening to the engine")?;
    thread::spawn(move || obey(orders, service));
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid == service => {
                let signal = || Report::Signal(status.terminating_signal().unwrap_or_default());
                return Ok(status.exit_status().map_or_else(signal, Report::Code));
            }
            // Somebody that the service left behind; or a signal.
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error).context("waiting for the service"),
        }
    }
}

/// Makes the rest of the sandbox; its network, if it has one of its own.
fn enter(spec: &Spec, keeper: &Channel) -> anyhow::Result<Option<network::Joined>> {
    privileges::die_with_parent(keeper)?;
    // Away from the terminal and its signals.
    rustix::process::setsid().context("making a session")?;
    privileges::leave_keyring().context("making a keyring")?;
    privileges::unshare(UnshareFlags::NEWNS | UnshareFlags::NEWIPC | UnshareFlags::NEWUTS)
        .context("making namespaces")?;
    rustix::system::sethostname(spec.hostname.as_bytes()).context("setting the host name")?;
    rustix::process::umask(FileMode::from_raw_mode(0o022));
    let network = spec.network.as_ref().map(network::enter).transpose()?;
    mounts::enter(spec)?;
    rustix::stdio::dup2_stdin(fs::File::open("/dev/null")?).context("opening `/dev/null` as standard input")?;
    privileges::drop_all((spec.mode == Mode::Root).then_some(spec.ids))?;
    // The kernel forgets this when the user changes, so again.
    privileges::die_with_parent(keeper)?;
    // The service has our user, and so might read our memory and our program.
    set_dumpable_behavior(DumpableBehavior::NotDumpable).context("hiding from the service")?;
    syscalls::refuse()?;
    Ok(network)
}

fn start(spec: &Spec) -> anyhow::Result<Option<Pid>> {
    let Some((program, arguments)) = spec.command.split_first() else { return Ok(None) };
    let service = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(&spec.environment)
        .current_dir(if spec.working_directory.is_empty() { "/" } else { &spec.working_directory })
        .process_group(0)
        .spawn()
        .with_context(|| format!("running `{program}`"))?;
    Ok(Some(Pid::from_child(&service)))
}

/// Does what the keeper says, until it is gone.
fn obey(mut keeper: Channel, service: Pid) {
    while let Ok(Some(Order::Stop)) = keeper.receive() {
        if catches(service, Signal::TERM) {
            // It has ended in this moment.
            let _ = kill_process(service, Signal::TERM);
        }
    }
    exit(1);
}

/// Whether `service` has a handler for `signal`. On ECS it is the first process itself, from which the kernel keeps what it
/// has no handler for.
fn catches(service: Pid, signal: Signal) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", service.as_raw_pid())).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    caught.is_none_or(|mask| mask & (1 << (signal.as_raw() - 1)) != 0)
}

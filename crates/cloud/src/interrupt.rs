//! Who handles Control-C. By itself it ends the program, which is not what some work needs: Terraform has to give its
//! lock back, and whoever watches a deployment says how to find it again.
//!
//! SIGTERM, which job schedulers send, and SIGHUP, which says that the terminal is gone, mean the same as Control-C.

use std::{
    fs,
    fs::File,
    io::{self, Write},
    sync::atomic::{AtomicUsize, Ordering},
};

use anyhow::Context;
use rustix::stdio::{dup2_stderr, dup2_stdout};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Kinds of work under way that handle it themselves. A signal is of the whole process, and so is this.
static HANDLERS: AtomicUsize = AtomicUsize::new(0);

/// As long as it lives, Control-C does not end the program.
#[derive(Debug)]
pub struct Handled(());

/// Says that the caller handles Control-C.
pub fn handle() -> Handled {
    HANDLERS.fetch_add(1, Ordering::SeqCst);
    Handled(())
}

/// Whether somebody does.
pub fn is_handled() -> bool {
    HANDLERS.load(Ordering::SeqCst) > 0
}

/// Which of the signals came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// Control-C. A second one asks for a hard end.
    ControlC,
    /// SIGTERM or SIGHUP, which may come beside another signal that means the same.
    End,
}

/// The signals that ask for an end, from the moment on at which this was made.
#[derive(Debug)]
pub struct Interrupts {
    control_c: Signal,
    terminate: Signal,
    /// None where the caller has asked to outlive its terminal, as `nohup` does.
    hang_up: Option<Signal>,
}

impl Interrupts {
    /// From now on they do not end this process.
    pub fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("listening for signals");
        Ok(Self {
            control_c: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: if ignores_hang_up() { None } else { Some(listen(SignalKind::hangup())?) },
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) -> Interrupt {
        let hang_up = async {
            match &mut self.hang_up {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.control_c.recv() => Interrupt::ControlC,
            _ = self.terminate.recv() => Interrupt::End,
            _ = hang_up => {
                // A word to a terminal that is gone is an error, and some words end the program then.
                leave_the_terminal();
                Interrupt::End
            }
        }
    }
}

/// Ends when the program is asked to end.
pub async fn control_c() {
    match Interrupts::listen() {
        Ok(mut interrupts) => drop(interrupts.next().await),
        // Where nobody can listen it ends the program as ever.
        Err(_) => std::future::pending().await,
    }
}

/// Whether this process was started with SIGHUP ignored. A handler of ours would undo that, so it is asked before.
pub(crate) fn ignores_hang_up() -> bool {
    let Ok(status) = fs::read_to_string("/proc/self/status") else { return false };
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

/// Has standard output and error go nowhere if they are a terminal that is gone.
fn leave_the_terminal() {
    let Ok(nowhere) = File::options().write(true).open("/dev/null") else { return };
    if is_gone(io::stdout()) {
        let _ = dup2_stdout(&nowhere);
    }
    if is_gone(io::stderr()) {
        let _ = dup2_stderr(&nowhere);
    }
}

fn is_gone(stream: impl std::os::fd::AsFd) -> bool {
    // Nothing is written; only a terminal without its other end refuses even that.
    rustix::io::write(stream, &[]).is_err()
}

impl Drop for Handled {
    fn drop(&mut self) {
        HANDLERS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Says `text` on standard error, if anybody is there to hear it.
pub(crate) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

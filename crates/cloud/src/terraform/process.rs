//! A run of the program: its lines as they come, and Control-C on its way to it.
//!
//! It writes to files, not to pipes: so it does not depend on this process, and should that be killed it goes on to its end,
//! writes its state and releases the lock. See docs/decisions/0011-terraform-outlives-driftless.md.

use std::{
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::{Child, Command},
    time::sleep,
};
use tracing::info;

use super::running::{Files, Running};
use crate::interrupt::{self, Interrupt, Interrupts};

/// Time for the program to write its state after a second interrupt.
const HARD: Duration = Duration::from_secs(5);

/// How often new lines are read.
pub(super) const POLL: Duration = Duration::from_millis(50);

/// How a run ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) stderr: String,
    pub(super) interrupted: bool,
}

/// Runs `command`, handing each line of its output to `line`. `doing` is what it does, for whoever finds it running after
/// this process was killed.
///
/// The program is in a process group of its own, so that a terminal's Control-C reaches this process alone, which
/// passes the first on (it finishes what it is at, writes its state and gives the lock back) and makes of the second a
/// hard end.
pub(super) async fn run(
    mut command: Command,
    files: Files,
    doing: &str,
    mut line: impl FnMut(&str),
) -> anyhow::Result<Ended> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    // No further arguments: what they name may be nobody's business.
    let verb = command.as_std().get_args().next().unwrap_or_default().to_string_lossy().into_owned();
    let begun = Instant::now();
    let failed = || format!("running `{program}`");
    let _handled = interrupt::handle();
    let mut signals = Interrupts::listen()?;
    let (out, err) = files.create()?;
    files.note(&Running::new(doing, None))?;
    command.process_group(0).stdout(Stdio::from(out)).stderr(Stdio::from(err));
    let mut child = command.spawn().with_context(failed)?;
    // With it go this process's own handles: from now on the file is locked for as long as the program runs.
    drop(command);
    files.note(&Running::new(doing, child.id()))?;
    let mut lines = files.lines()?;
    let mut interrupts = 0_u32;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status.with_context(failed)?,
            () = sleep(POLL) => lines.each(&mut line)?,
            signal = signals.next() => if signal == Interrupt::ControlC || interrupts == 0 {
                interrupts += 1;
                pass_on(&mut child, interrupts).await;
            }
        }
    };
    lines.each(&mut line)?;
    lines.last(&mut line);
    let stderr = files.stderr();
    files.remove();
    let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    info!(terraform.doing = doing, terraform.status = status.code(), duration_ms, "{program} `{verb}`");
    Ok(Ended { status, stderr, interrupted: interrupts > 0 })
}

async fn pass_on(child: &mut Child, interrupts: u32) {
    let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let Some(id) = id else { return };
    // It may just have ended by itself.
    let _ = kill_process(id, Signal::INT);
    if interrupts == 1 {
        interrupt::say(
            "interrupted: finishing what is in progress; Control-C again kills Terraform and may lose state",
        );
    } else {
        tokio::select! {
            _ = child.wait() => {}
            () = sleep(HARD) => { let _ = child.start_kill(); }
        }
    }
}

#[cfg(test)]
mod tests {
    use rustix::process::getpid;

    use super::*;

    /// Stands in for Terraform: says when it begins, ends with 7 when it is interrupted.
    const PATIENT: &str = "trap 'echo bye; exit 7' INT; echo interrupt me; while :; do sleep 0.05; done";
    /// Does not end.
    const STUBBORN: &str = "trap 'echo interrupt me' INT; echo interrupt me; while :; do sleep 0.05; done";

    /// Runs `script`, and sends this process `signal`, twice at most, whenever the script asks for it.
    async fn interrupted(script: &str, signal: Signal) -> (Ended, Vec<String>) {
        let place = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let mut lines: Vec<String> = Vec::new();
        let files = Files::of(place.path());
        let ended = run(command, files.clone(), "trying", |line| {
            if line == "interrupt me" && lines.len() < 2 {
                kill_process(getpid(), signal).unwrap();
            }
            lines.push(line.to_owned());
        });
        let ended = ended.await.unwrap();
        assert!(files.running().unwrap().is_none());
        (ended, lines)
    }

    #[tokio::test]
    async fn one_interrupt_lets_the_program_end_by_itself() {
        for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
            if signal == Signal::HUP && interrupt::ignores_hang_up() {
                continue;
            }
            let (ended, lines) = interrupted(PATIENT, signal).await;
            assert!(ended.interrupted, "{signal:?}");
            assert_eq!((ended.status.code(), lines), (Some(7), vec!["interrupt me".to_owned(), "bye".to_owned()]));
        }
    }

    #[tokio::test]
    async fn a_second_interrupt_ends_what_does_not_end() {
        let (ended, _) = interrupted(STUBBORN, Signal::INT).await;
        assert!(ended.interrupted && ended.status.code().is_none(), "{ended:?}");
    }
}

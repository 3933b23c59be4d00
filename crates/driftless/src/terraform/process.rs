//! A run of the program: its lines as they come, and Control-C on its way to it.

use std::{
    process::{ExitStatus, Stdio},
    time::Duration,
};

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    process::{Child, Command},
    signal::unix::{SignalKind, signal},
    time::sleep,
};

use crate::interrupt;

/// Time for the program to write its state after a second interrupt.
const HARD: Duration = Duration::from_secs(5);

/// How a run ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) stderr: String,
    pub(super) interrupted: bool,
}

/// Runs `command`, handing each line of its output to `line`.
///
/// The program is in a process group of its own, so that a terminal's Control-C reaches this process alone, which
/// passes the first on (it finishes what it is at, writes its state and gives the lock back) and makes of the second a
/// hard end.
pub(super) async fn run(mut command: Command, mut line: impl FnMut(&str)) -> anyhow::Result<Ended> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let doing = || format!("running `{program}`");
    let _hearing = interrupt::hear();
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for Control-C")?;
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let mut child =
        command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().with_context(doing)?;
    let out = child.stdout.take().context("taking the program's output")?;
    let stderr = tokio::spawn(text(child.stderr.take().context("taking the program's errors")?));
    let mut lines = BufReader::new(out).lines();
    let (mut open, mut interrupts) = (true, 0_u32);
    let status = loop {
        tokio::select! {
            next = lines.next_line(), if open => match next.with_context(doing)? {
                Some(text) => line(&text),
                None => open = false,
            },
            status = child.wait(), if !open => break status.with_context(doing)?,
            _ = interrupt.recv() => { interrupts += 1; pass_on(&mut child, interrupts).await; }
            // Sent by job schedulers; it may come after an interrupt that means the same.
            _ = terminate.recv(), if interrupts == 0 => { interrupts = 1; pass_on(&mut child, 1).await; }
        }
    };
    let stderr = stderr.await.context("reading the program's errors")?;
    Ok(Ended { status, stderr, interrupted: interrupts > 0 })
}

async fn pass_on(child: &mut Child, interrupts: u32) {
    let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let Some(id) = id else { return };
    if interrupts == 1 {
        eprintln!("interrupted: finishing what is under way; Control-C again ends it hard and may lose state");
    }
    // It may just have ended by itself.
    let _ = kill_process(id, Signal::INT);
    if interrupts > 1 {
        tokio::select! {
            _ = child.wait() => {}
            () = sleep(HARD) => { let _ = child.start_kill(); }
        }
    }
}

async fn text(mut from: impl AsyncRead + Unpin) -> String {
    let mut bytes = Vec::new();
    // What could be read is better than nothing.
    let _ = from.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use rustix::process::getpid;

    use super::*;

    /// Stands in for Terraform: says when it begins, ends with 7 when it is interrupted.
    const PATIENT: &str = "trap 'echo bye; exit 7' INT; echo interrupt me; while :; do sleep 0.05; done";
    /// Does not end.
    const STUBBORN: &str = "trap 'echo interrupt me' INT; echo interrupt me; while :; do sleep 0.05; done";

    /// Runs `script`, and sends this process what Control-C would, twice at most, whenever the script asks for it.
    async fn interrupted(script: &str) -> (Ended, Vec<String>) {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let mut lines: Vec<String> = Vec::new();
        let ended = run(command, |line| {
            if line == "interrupt me" && lines.len() < 2 {
                kill_process(getpid(), Signal::INT).unwrap();
            }
            lines.push(line.to_owned());
        });
        let ended = ended.await.unwrap();
        (ended, lines)
    }

    #[tokio::test]
    async fn one_interrupt_lets_the_program_end_by_itself() {
        let (ended, lines) = interrupted(PATIENT).await;
        assert!(ended.interrupted);
        assert_eq!((ended.status.code(), lines), (Some(7), vec!["interrupt me".to_owned(), "bye".to_owned()]));
    }

    #[tokio::test]
    async fn a_second_interrupt_ends_what_does_not_end() {
        let (ended, _) = interrupted(STUBBORN).await;
        assert!(ended.interrupted && ended.status.code().is_none(), "{ended:?}");
    }
}

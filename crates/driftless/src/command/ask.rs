//! Questions to a person. Asked on a terminal only: elsewhere they are answered by a flag, or not at all.

use std::{
    io::{self, BufRead, IsTerminal, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use anyhow::Context;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

/// Whether a question waits for its answer.
static ASKING: AtomicBool = AtomicBool::new(false);

/// Whether a question waits for its answer, so that nothing else is going on.
pub(super) fn is_asking() -> bool {
    ASKING.load(Ordering::Relaxed)
}

/// Asks for a yes. `flag` is what answers it without a person.
pub(super) fn yes(question: &str, flag: &str) -> anyhow::Result<bool> {
    Ok(matches!(line(&format!("{question} [y/N] "), flag)?.to_lowercase().as_str(), "y" | "yes"))
}

/// An error where nobody can be asked, which is better known before a plan is made to ask about.
pub(super) fn somebody(flag: &str) -> anyhow::Result<()> {
    if !io::stdin().is_terminal() {
        hint::bail!("cannot ask: standard input is not a terminal; nothing was changed", hint = "`{flag}` answers it");
    }
    Ok(())
}

/// Asks for a line.
pub(super) fn line(question: &str, flag: &str) -> anyhow::Result<String> {
    somebody(flag)?;
    eprint!("{question}");
    io::stderr().flush().context("asking")?;
    read()
}

/// A secret: from the terminal without showing it, or all of standard input without its last end of line.
pub(super) fn secret(question: &str) -> anyhow::Result<String> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        let mut text = io::read_to_string(stdin).context("reading the value from standard input")?;
        if text.ends_with('\n') {
            text.pop();
            text.truncate(text.trim_end_matches('\r').len());
        }
        return Ok(text);
    }
    eprint!("{question}");
    io::stderr().flush().context("asking")?;
    let shown = tcgetattr(&stdin).context("asking the terminal for its modes")?;
    let mut hidden = shown.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&stdin, OptionalActions::Flush, &hidden).context("hiding what is typed")?;
    let text = read();
    let restored = tcsetattr(&stdin, OptionalActions::Flush, &shown);
    eprintln!();
    restored.context("showing again what is typed")?;
    text
}

fn read() -> anyhow::Result<String> {
    let mut text = String::new();
    ASKING.store(true, Ordering::Relaxed);
    let read = io::stdin().lock().read_line(&mut text);
    ASKING.store(false, Ordering::Relaxed);
    read.context("reading the answer")?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

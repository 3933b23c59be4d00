//! A `driftless` that runs while others do.

use std::{
    io::{BufRead, BufReader, Lines, Read},
    os::unix::process::ExitStatusExt,
    process::{Child, ChildStderr, ChildStdout, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::image::fixture::Said;

pub(super) struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    lines: Lines<BufReader<ChildStderr>>,
    said: String,
}

impl Running {
    pub(super) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out, lines, said: String::new() }
    }

    /// Waits until a line on standard error has `words` in it.
    pub(super) fn until(&mut self, words: &str) {
        while self.line().unwrap_or_else(|| panic!("it never said `{words}`: {}", self.said)).find(words).is_none() {}
    }

    /// Waits until a line on standard error begins with one of `words`. False if it ends before.
    pub(super) fn until_any(&mut self, words: &[&str]) -> bool {
        while let Some(line) = self.line() {
            if words.iter().any(|words| line.starts_with(words)) {
                return true;
            }
        }
        false
    }

    /// The first line on standard output.
    pub(super) fn prints(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line
    }

    /// Presses Control-C.
    pub(super) fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    pub(super) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    pub(super) fn ends(mut self) -> Said {
        while self.line().is_some() {}
        let mut out = String::new();
        self.out.read_to_string(&mut out).unwrap();
        let status = self.child.wait().unwrap();
        println!("{}{out}-> {status}\n", self.said);
        Said { code: status.code().or(status.signal().map(|signal| 128 + signal)).unwrap(), out, err: self.said }
    }

    fn line(&mut self) -> Option<String> {
        let line = self.lines.next()?.unwrap();
        self.said = format!("{}{line}\n", self.said);
        Some(line)
    }
}

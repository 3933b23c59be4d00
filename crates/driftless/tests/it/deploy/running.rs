//! A `driftless` that runs while others do.

use std::{
    io::{BufRead, BufReader, Lines, Read},
    process::{Child, ChildStderr, ChildStdout, Command, Stdio},
};

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

    /// The first line on standard output.
    pub(super) fn prints(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line
    }

    /// Presses Control-C.
    pub(super) fn interrupt(&self) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), rustix::process::Signal::INT)
            .unwrap();
    }

    /// Waits for its end.
    pub(super) fn ends(mut self) -> Said {
        while self.line().is_some() {}
        let mut out = String::new();
        self.out.read_to_string(&mut out).unwrap();
        let status = self.child.wait().unwrap();
        println!("{}{out}-> {status}\n", self.said);
        Said { code: status.code().unwrap(), out, err: self.said }
    }

    fn line(&mut self) -> Option<String> {
        let line = self.lines.next()?.unwrap();
        self.said = format!("{}{line}\n", self.said);
        Some(line)
    }
}

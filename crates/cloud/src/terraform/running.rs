//! A program that runs, or that was left running by a `driftless` that was killed: its files in the work directory.

use std::{
    fs,
    fs::{File, TryLockError},
    io::{self, Read},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What it says, a line for each event. Locked for as long as the program runs, because the lock belongs to the open file,
/// which it inherits: a process id could be that of another by now.
const OUT: &str = "terraform.out";
const ERR: &str = "terraform.err";
const JOURNAL: &str = "running.json";

/// What a program does, for whoever finds it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Running {
    /// In the -ing form: ``applying `dev` ``.
    pub doing: String,
    /// Since when.
    pub since: Timestamp,
    /// Its process, if it was still written down.
    pub process: Option<u32>,
}

/// The files that a program in a work directory writes to.
#[derive(Clone, Debug)]
pub(super) struct Files {
    directory: PathBuf,
}

/// Reads what is written to a file, line by line.
pub(super) struct Lines {
    file: File,
    rest: Vec<u8>,
}

impl Running {
    pub(super) fn new(doing: &str, process: Option<u32>) -> Self {
        Self { doing: doing.to_owned(), since: Timestamp::now(), process }
    }

    /// In a few words, such as ``applying `dev` since 2026-11-25T02:30:12Z, process 4242``.
    pub fn words(&self) -> String {
        let process = self.process.map(|process| format!(", process {process}")).unwrap_or_default();
        format!("{} since {:.0}{process}", self.doing, self.since)
    }
}

impl Files {
    /// Those in `directory`.
    pub(super) fn of(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    /// Makes the files for a program's output and errors.
    pub(super) fn create(&self) -> anyhow::Result<(File, File)> {
        let new = |name| {
            let path = self.directory.join(name);
            let doing = || format!("making `{}`", path.display());
            // What was left is not overwritten: it may still be open.
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).with_context(doing),
                _ => File::options().create_new(true).append(true).mode(0o600).open(&path).with_context(doing),
            }
        };
        let (out, err) = (new(OUT)?, new(ERR)?);
        out.lock().with_context(|| format!("locking `{OUT}`"))?;
        Ok((out, err))
    }

    /// Writes down what runs.
    pub(super) fn note(&self, running: &Running) -> anyhow::Result<()> {
        let (path, new) = (self.directory.join(JOURNAL), self.directory.join(format!(".{JOURNAL}.new")));
        let write = || fs::write(&new, serde_json::to_vec(running)?).and_then(|()| fs::rename(&new, &path));
        write().with_context(|| format!("writing `{}`", path.display()))
    }

    /// What runs, or none.
    pub(super) fn running(&self) -> anyhow::Result<Option<Running>> {
        let path = self.directory.join(OUT);
        let doing = || format!("reading `{}`", path.display());
        let out = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.with_context(doing)?,
        };
        match out.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => {
                let path = self.directory.join(JOURNAL);
                let doing = || format!("reading `{}`", path.display());
                let text = fs::read(&path).with_context(doing)?;
                Ok(Some(serde_json::from_slice(&text).with_context(doing)?))
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(doing),
        }
    }

    /// Whether a program was left here, whether it still runs or not.
    pub(super) fn were_left(&self) -> bool {
        self.directory.join(JOURNAL).exists()
    }

    /// The output, from its beginning.
    pub(super) fn lines(&self) -> anyhow::Result<Lines> {
        let path = self.directory.join(OUT);
        let file = File::open(&path).with_context(|| format!("reading `{}`", path.display()))?;
        Ok(Lines { file, rest: Vec::new() })
    }

    /// What it wrote to standard error. What could be read is better than nothing.
    pub(super) fn stderr(&self) -> String {
        let bytes = fs::read(self.directory.join(ERR)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Removes what a program that has ended wrote: it may hold secrets.
    pub(super) fn remove(&self) {
        for name in [JOURNAL, OUT, ERR] {
            let _ = fs::remove_file(self.directory.join(name));
        }
    }
}

impl Lines {
    /// Hands each line that was written since to `see`.
    pub(super) fn each(&mut self, see: &mut impl FnMut(&str)) -> anyhow::Result<()> {
        self.file.read_to_end(&mut self.rest).context("reading the program's output")?;
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            see(&String::from_utf8_lossy(&line[..end]));
        }
        Ok(())
    }

    /// Hands on what no line end follows.
    pub(super) fn last(self, see: &mut impl FnMut(&str)) {
        if !self.rest.is_empty() {
            see(&String::from_utf8_lossy(&self.rest));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::{self, Command, Stdio};

    use super::*;

    #[test]
    fn a_program_that_outlives_its_parent_is_found_until_it_has_ended() {
        let place = tempfile::tempdir().unwrap();
        let files = Files::of(place.path());
        assert_eq!(files.running().unwrap(), None);
        let (out, err) = files.create().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; printf two; read end"]).stdin(Stdio::piped()).stdout(out).stderr(err);
        let mut child = command.spawn().unwrap();
        drop(command);
        let noted = Running::new("applying `dev`", Some(child.id()));
        files.note(&noted).unwrap();
        assert_eq!(files.running().unwrap(), Some(noted));
        drop(child.stdin.take());
        child.wait().unwrap();
        assert_eq!(files.running().unwrap(), None);
        assert!(files.were_left());
        let (mut lines, mut seen) = (files.lines().unwrap(), Vec::new());
        let mut see = |line: &str| seen.push(line.to_owned());
        lines.each(&mut see).unwrap();
        lines.last(&mut see);
        assert_eq!(seen, ["one", "two"]);
        files.remove();
        assert!(!files.were_left());
    }

    #[test]
    fn a_journal_whose_program_has_ended_is_not_taken_for_another_process_with_its_number() {
        let place = tempfile::tempdir().unwrap();
        let files = Files::of(place.path());
        drop(files.create().unwrap());
        // This process lives, and is not the one that was meant.
        files.note(&Running::new("applying `dev`", Some(process::id()))).unwrap();
        assert_eq!(files.running().unwrap(), None);
    }
}

//! The ordinary commands, run as a person would run them, in an environment in which the simulated account is AWS.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::Context;
use tokio::{io::AsyncWriteExt, process::Command};

use crate::account::Account;

/// Variables that would lead a command elsewhere.
const ELSEWHERE: [&str; 10] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "DRIFTLESS_BUNDLE",
    "DRIFTLESS_ENV",
    "DRIFTLESS_STATE_BUCKET",
    "HTTP_PROXY",
    "no_proxy",
];

/// Runs commands.
pub(crate) struct Commands {
    program: PathBuf,
    project: PathBuf,
    variables: Vec<(&'static str, String)>,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) took: Duration,
}

impl Said {
    /// The last lines of what it said to people.
    pub(crate) fn last(&self, count: usize) -> String {
        let lines: Vec<_> = self.err.lines().filter(|line| !line.trim().is_empty()).collect();
        lines[lines.len().saturating_sub(count)..].join("\n")
    }
}

impl Commands {
    /// Commands of `program` in `project` that keep what they keep in `state`.
    pub(crate) fn new(program: &Path, project: &Path, state: &Path, account: &Account) -> Self {
        let mut variables = account.environment();
        variables.push(("DRIFTLESS_STATE", state.display().to_string()));
        Self { program: program.to_owned(), project: project.to_owned(), variables }
    }

    /// Runs it with these words; `input` is what it reads.
    pub(crate) async fn run(&self, words: &[&str], input: &str) -> anyhow::Result<Said> {
        let doing = || format!("running `driftless {}`", words.join(" "));
        let mut command = Command::new(&self.program);
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        let begin = Instant::now();
        let mut child = command
            .args(words)
            .current_dir(&self.project)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(doing)?;
        if let Some(mut stdin) = child.stdin.take() {
            // One that reads nothing has closed it.
            let _ = stdin.write_all(input.as_bytes()).await;
        }
        let output = child.wait_with_output().await.with_context(doing)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Said {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
            took: begin.elapsed(),
        })
    }
}

//! The ordinary commands, run as a person would run them, in an environment in which the simulated account is AWS.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::Context;
use tokio::{io::AsyncWriteExt, process::Command};

use crate::{
    account::{ACCOUNT, Account},
    roles::Role,
};

/// Variables that would lead a command elsewhere.
const ELSEWHERE: [&str; 14] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "DRIFTLESS_BUNDLE",
    "DRIFTLESS_ENV",
    "DRIFTLESS_STATE_BUCKET",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// Runs commands.
pub(crate) struct Commands {
    program: PathBuf,
    project: PathBuf,
    variables: Vec<(&'static str, String)>,
    /// With which releases are made; none if an owner makes them.
    role: Option<Role>,
}

/// Who runs a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum As {
    /// Who may do everything.
    Owner,
    /// Who releases: a workflow, where the project has a role for it.
    Releaser,
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
    /// Commands of `program` in `project` that keep what they keep in `state`, go to the internet by `proxy`, and trust
    /// `roots`, a file of certificates.
    pub(crate) fn new(
        program: &Path,
        project: &Path,
        state: &Path,
        account: &Account,
        proxy: SocketAddr,
        roots: &Path,
    ) -> Self {
        let mut variables = account.environment();
        variables.push(("DRIFTLESS_STATE", state.display().to_string()));
        variables.push(("https_proxy", format!("http://{proxy}")));
        variables.push(("SSL_CERT_FILE", roots.display().to_string()));
        Self { program: program.to_owned(), project: project.to_owned(), variables, role: None }
    }

    /// Has releases be made with `role` from now on.
    pub(crate) fn release_with(&mut self, role: Option<Role>) {
        self.role = role;
    }

    /// Runs it with these words; `input` is what it reads.
    pub(crate) async fn run(&self, words: &[&str], input: &str, by: As) -> anyhow::Result<Said> {
        let doing = || format!("running `driftless {}`", words.join(" "));
        let mut command = Command::new(&self.program);
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        if let Some(role) = self.role.as_ref().filter(|_| by == As::Releaser) {
            // Keys come before a role.
            command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
            command.env("AWS_ROLE_ARN", format!("arn:aws:iam::{ACCOUNT}:role/{}", role.name));
            command.env("AWS_WEB_IDENTITY_TOKEN_FILE", &role.token).env("AWS_ROLE_SESSION_NAME", "rehearsal");
        }
        let begin = Instant::now();
        let mut child = command
            .args(words)
            .current_dir(&self.project)
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

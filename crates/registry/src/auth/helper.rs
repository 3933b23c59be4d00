//! Docker's credential helpers: programs that store passwords. <https://github.com/docker/docker-credential-helpers>

use std::{
    io::{self, ErrorKind},
    process::Stdio,
};

use anyhow::{Context, ensure};
use serde::Deserialize;
use tokio::{io::AsyncWriteExt, process::Command};

use super::Credentials;
use crate::Secret;

/// The user name that marks a secret as a refresh token.
const TOKEN_USER: &str = "<token>";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

/// The credentials of `registry` in the helper `name`; none if it has none.
pub(super) async fn get(name: &str, registry: &str) -> anyhow::Result<Option<Credentials>> {
    ensure!(!name.contains('/'), "the name of the credential helper `{}` contains a slash", name.escape_default());
    let program = format!("docker-credential-{name}");
    ask(&program, registry).await.with_context(|| format!("running the credential helper `{program}`"))
}

/// True if `error` says that there is no such helper.
pub(super) fn is_missing(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::NotFound)
}

async fn ask(program: &str, registry: &str) -> anyhow::Result<Option<Credentials>> {
    let mut command = Command::new(program);
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).kill_on_drop(true);
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // If the helper has exited already, its output counts.
        let _ = stdin.write_all(registry.as_bytes()).await;
    }
    let output = child.wait_with_output().await?;
    if !output.status.success() {
        // The only way in which helpers report that they have no credentials.
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(said.contains("credentials not found"), "it exited with {}", output.status);
        return Ok(None);
    }
    let answer: Answer = serde_json::from_slice(&output.stdout).ok().context("its output is not valid")?;
    let secret = Secret::new(answer.secret);
    Ok(Some(match answer.username.as_str() {
        TOKEN_USER => Credentials::Identity(secret),
        _ => Credentials::Password { user: answer.username, password: secret },
    }))
}

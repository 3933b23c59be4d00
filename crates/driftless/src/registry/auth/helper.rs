//! Docker's credential helpers: programs that keep passwords. <https://github.com/docker/docker-credential-helpers>

use std::process::Stdio;

use anyhow::{Context, ensure};
use serde::Deserialize;
use tokio::{io::AsyncWriteExt, process::Command};

use super::Credentials;
use crate::registry::Secret;

/// The user that stands for a refresh token.
const TOKEN_USER: &str = "<token>";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

/// What the helper `name` knows about `registry`.
pub(super) async fn get(name: &str, registry: &str) -> anyhow::Result<Option<Credentials>> {
    ensure!(!name.contains('/'), "the credential helper `{}` has a path for a name", name.escape_default());
    let program = format!("docker-credential-{name}");
    ask(&program, registry).await.with_context(|| format!("running the credential helper `{program}`"))
}

async fn ask(program: &str, registry: &str) -> anyhow::Result<Option<Credentials>> {
    let mut command = Command::new(program);
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).kill_on_drop(true);
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A helper that has ended already is judged by what it wrote.
        let _ = stdin.write_all(registry.as_bytes()).await;
    }
    let output = child.wait_with_output().await?;
    if !output.status.success() {
        // The one way that a helper has to say that it knows nothing.
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(said.contains("credentials not found"), "it ended with {}", output.status);
        return Ok(None);
    }
    let answer: Answer = serde_json::from_slice(&output.stdout).ok().context("its answer is not understood")?;
    let secret = Secret::new(answer.secret);
    Ok(Some(match answer.username.as_str() {
        TOKEN_USER => Credentials::Identity(secret),
        _ => Credentials::Password { user: answer.username, password: secret },
    }))
}
